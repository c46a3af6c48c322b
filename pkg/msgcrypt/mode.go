package msgcrypt

// Mode is how an account encrypts its messages: 明文模式, 兼容模式, 安全模式 in the
// console. The empty Mode is taken for [Plain].
type Mode string

// The modes.
const (
	Plain  Mode = "plain"
	Compat Mode = "compat" // the fields as they are, and encrypted too
	Safe   Mode = "safe"
)

// Format is how a body is written. The empty Format is taken for [XML].
type Format string

// The formats: an account has one of them, XML unless a mini program's console
// says JSON.
const (
	XML  Format = "xml"
	JSON Format = "json"
)
