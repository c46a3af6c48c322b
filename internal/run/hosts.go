package run

import (
	"slices"
	"strings"
)

// hosts are the names whose calls go to the emulator, and no others: those that
// a server of an account calls. Payment (api.mch.weixin.qq.com) and WeCom
// (qyapi.weixin.qq.com) are other products, and open.weixin.qq.com is opened by
// a browser. The list of the API's names:
// https://developers.weixin.qq.com/doc/service/guide/dev/api
// What they answer without encryption, on port 80, is unknown (source: unrecorded):
// the emulator answers there as well.
var hosts = []string{
	"api.weixin.qq.com",
	"api2.weixin.qq.com",
	"sh.api.weixin.qq.com",
	"sz.api.weixin.qq.com",
	"hk.api.weixin.qq.com",
	"mp.weixin.qq.com",
	"file.api.weixin.qq.com",
}

// Hosts are the names whose calls go to the emulator.
func Hosts() []string { return slices.Clone(hosts) }

// redirected reports whether calls to a host, without a port, go to the emulator.
func redirected(host string) bool { return slices.Contains(hosts, canonical(host)) }

// canonical is a host name as it is compared.
func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }
