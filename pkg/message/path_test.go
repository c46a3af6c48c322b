package message

import (
	"strings"
	"testing"
)

func TestSetAndGet(t *testing.T) {
	m := sample(t, "pic_weixin")
	for _, c := range []struct{ path, value string }{
		{"EventKey", "K"},
		{"eventkey", "k2"},
		{"SendPicsInfo.PicList.item.PicMd5Sum", "one"},
		{"SendPicsInfo.PicList.item[2].PicMd5Sum", "two"},
		{"PicList.item[3].PicMd5Sum", "three"},
		{"Unknown", "kept"},
		{"New.Group.Deep", "x"},
		{"New.Group.Other", "y"},
		{"New.Group[2].Deep", "z"},
	} {
		if err := m.Set(c.path, c.value); err != nil {
			t.Fatal(err)
		}
		if got := m.Get(c.path); got != c.value {
			t.Errorf("%s: got %q", c.path, got)
		}
	}
	if m.Get("SendPicsInfo.Count") != "3" {
		t.Errorf("3 items, Count %s", m.Get("SendPicsInfo.Count"))
	}
	if got := len(m.All("PicList.item.PicMd5Sum")); got != 3 {
		t.Errorf("%d sums", got)
	}
	if m.Get("New.Group[2].Other") != "y" {
		t.Error("a new element is not made like the last")
	}
}

func TestSetKeepsACountSetOnPurpose(t *testing.T) {
	m := sample(t, "pic_weixin", "SendPicsInfo.Count", "7", "PicList.item[2].PicMd5Sum", "x")
	if got := m.Get("SendPicsInfo.Count"); got != "7" {
		t.Errorf("got %s", got)
	}
}

func TestOptionalFieldsKeepTheirOrderAndKind(t *testing.T) {
	m := sample(t, "text", "Idx", "2", "bizmsgmenuid", "101", "MsgDataId", "5")
	got, err := m.AppendXML(nil)
	want := "<bizmsgmenuid>101</bizmsgmenuid>\n<MsgDataId>5</MsgDataId>\n<Idx>2</Idx>\n</xml>"
	if err != nil || !strings.HasSuffix(string(got), want) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestSetErrors(t *testing.T) {
	m := sample(t, "scancode_push")
	for path, want := range map[string]string{
		"":                   `field "": "" is not a name`,
		"a..b":               `field "a..b": "" is not a name`,
		"a b":                `field "a b": "a b" is not a name`,
		"item[0]":            `field "item[0]": "[0]" is not an index from 1 to 1000`,
		"item[1001]":         `field "item[1001]": "[1001]" is not an index from 1 to 1000`,
		"item[2":             `field "item[2": "[2" is not an index from 1 to 1000`,
		"ScanCodeInfo":       `field "ScanCodeInfo": it has fields of its own: ScanType, ScanResult`,
		"EventKey.Deeper":    `field "EventKey.Deeper": EventKey has a value and no fields of its own`,
		"ScanCodeInfo[3].ID": `field "ScanCodeInfo[3].ID": there are 1 of ScanCodeInfo, so the next is ScanCodeInfo[2]`,
	} {
		if err := m.Set(path, "x"); err == nil || err.Error() != want {
			t.Errorf("%q: got %v", path, err)
		}
	}
	if m.Get("a..b") != "" || m.Field("item[") != nil {
		t.Error("a path that is none found something")
	}
}

func TestANameInTwoGroupsIsNotGuessed(t *testing.T) {
	m, err := Parse([]byte("<xml><A><X>1</X></A><B><X>2</X></B></xml>"))
	if err != nil {
		t.Fatal(err)
	}
	if f := m.Field("X"); f != nil {
		t.Errorf("got %s", f.Value)
	}
	if m.Get("B.X") != "2" {
		t.Error("the whole path does not work")
	}
}

func TestDelete(t *testing.T) {
	m := sample(t, "scancode_push")
	if !m.Delete("ScanCodeInfo.ScanType") || !m.Delete("ToUserName") || m.Delete("ToUserName") {
		t.Error("Delete reports the wrong thing")
	}
	got, err := m.AppendXML(nil)
	if err != nil || strings.Contains(string(got), "ScanType") || !strings.HasPrefix(string(got), "<xml><FromUserName>") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestClonesShareNothing(t *testing.T) {
	m := sample(t, "scancode_push")
	c := m.Clone()
	if err := c.Set("ScanCodeInfo.ScanResult", "changed"); err != nil {
		t.Fatal(err)
	}
	if m.Get("ScanCodeInfo.ScanResult") == "changed" || sample(t, "scancode_push").Get("ScanResult") == "changed" {
		t.Error("a clone's change shows in its model")
	}
}
