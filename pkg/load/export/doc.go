// Package export hands the messages of package load to engines that exist, for
// more load than one machine of yours can make: vegeta gets a stream of
// requests, signed as they are written, and k6 a script that makes them itself.
//
//	err := export.Vegeta(os.Stdout, pusher, source.Next)
//	script, err := export.K6(pusher, source, options)
//
// For a program that uses vegeta as a library there is nothing here: its Targeter
// is ten lines on package load, which examples/vegeta has.
//
// What these engines do not do: they send no message again, as WeChat does after
// 5 seconds, and judge no reply. They speak HTTP/1.1, and to them a reply that
// shows the user the fault line is a success.
//
// # Compatibility
//
// The README says what a release may change. The lines for vegeta and the script
// follow what those programs read.
package export
