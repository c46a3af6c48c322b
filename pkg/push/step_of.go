package push

import (
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// StepID names a stage of a delivery.
type StepID string

// The stages, in order.
const (
	StepConnect   StepID = "connect"   // the host name and the connection
	StepTLS       StepID = "tls"       // of https
	StepSend      StepID = "send"      // the request
	StepAnswer    StepID = "answer"    // who answers, in time, with which status and headers
	StepBody      StepID = "body"      // all of it, and nothing before or after what is meant
	StepEnvelope  StepID = "envelope"  // of an encrypted reply: there, and signed
	StepDecrypt   StepID = "decrypt"   // what is in it
	StepReply     StepID = "reply"     // it is one: XML, with the elements that its type needs
	StepAddressee StepID = "addressee" // from whom, and to whom
	StepContent   StepID = "content"   // what it says
	StepShown     StepID = "shown"     // what the user sees
)

// StepIDs are all stages, in order.
func StepIDs() []StepID {
	return []StepID{
		StepConnect, StepTLS, StepSend, StepAnswer, StepBody, StepEnvelope, StepDecrypt, StepReply, StepAddressee, StepContent, StepShown,
	}
}

// stepOf has the stage of each id, which most of its variants are of.
var stepOf = lazy.Value[map[string]StepID]{Make: func() map[string]StepID {
	return map[string]StepID{
		// Who answers, when, and what it refuses.
		"M01": StepAnswer, "M05": StepAnswer, "M08": StepAnswer, "M11": StepAnswer, "M18": StepAnswer, "M19": StepAnswer,
		"M21": StepAnswer, "M22": StepAnswer, "M29": StepAnswer, "M30": StepAnswer, "V03": StepAnswer, "V04": StepAnswer,
		"V05": StepAnswer, "V06": StepAnswer, "V07": StepAnswer, "V08": StepAnswer, "V10": StepAnswer, "V15": StepAnswer,
		"V16": StepAnswer, "V17": StepAnswer, "V21": StepAnswer, "V23": StepAnswer, "V29": StepAnswer, "V31": StepAnswer,
		"V32": StepAnswer, "V38": StepAnswer, "V42": StepAnswer, "V43": StepAnswer, "V44": StepAnswer, "V48": StepAnswer,
		"V51": StepAnswer, "V52": StepAnswer,

		"V13": StepTLS,

		"V01": StepBody, "V02": StepBody, "V12": StepBody, "V20": StepBody, "V25": StepBody, "V27": StepBody,
		"V37": StepBody, "V40": StepBody, "V41": StepBody, "M10": StepBody, "M16": StepBody,

		"M03": StepEnvelope, "M24": StepEnvelope, "M25": StepDecrypt,

		"M06": StepReply, "M12": StepReply, "M15": StepReply,
		"M14": StepAddressee,
		"M07": StepContent, "M13": StepContent, "M20": StepContent, "M26": StepContent,
	}
}}

// stepOfVariant has the exceptions.
var stepOfVariant = lazy.Value[map[[2]string]StepID]{Make: func() map[[2]string]StepID {
	return map[[2]string]StepID{
		{"V04", "dns"}: StepConnect, {"V04", "refused"}: StepConnect, {"V04", "no-route"}: StepConnect, {"V04", "timeout"}: StepConnect,

		{"M03", "undecryptable"}: StepDecrypt, {"M03", "little-endian"}: StepDecrypt, {"M03", "no-random"}: StepDecrypt,
		{"M03", "no-padding"}: StepDecrypt, {"M03", "padding"}: StepDecrypt, {"M03", "double"}: StepDecrypt, {"M22", "reply-appid"}: StepDecrypt,

		{"M12", "too-large"}: StepBody, {"M19", "printed-error"}: StepBody,
		{"M06", "encrypted"}: StepEnvelope, {"M06", "success-as-text"}: StepContent,
		{"M07", "reply-control"}: StepReply, {"M07", "reply-utf8"}: StepReply, {"M07", "reply-cdata-end"}: StepReply,
		{"M12", "long-text"}: StepContent, {"M12", "link-amp"}: StepContent, {"M12", "link-open"}: StepContent,
		{"M12", "mini-content"}: StepShown,
	}
}}

// StepOf is the stage that a finding of a delivery is about.
func StepOf(f finding.Finding) StepID {
	if step, ok := stepOfVariant.Get()[[2]string{f.ID, f.Variant}]; ok {
		return step
	}
	if step, ok := stepOf.Get()[f.ID]; ok {
		return step
	}
	return StepAnswer // of no delivery, as far as is known
}
