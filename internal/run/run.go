// Package run starts a program with its calls to WeChat's hosts going to an
// emulator, without a line of the program changed.
//
//	r, err := run.NewRedirect(run.Options{API: emulator, Own: emulator, Base: url, …})
//	k, err := r.Kit(proxyURL)          // a folder with certificates, and the environment
//	c, err := run.Start(run.Command{Args: []string{"npm", "start"}, Env: k.Env(os.Environ()), …})
//
// [Redirect] is a proxy for the program: it answers for the hosts of the list in
// hosts.go with certificates of an authority made for this run, and lets pass
// everything else. What makes a runtime use a proxy and trust an authority is
// in the table in runtimes.go. [Child] is the program with all that it starts,
// and ends them all.
//
// What no variable reaches has only names and the ports of https and http to go by: on Linux
// [Command].Hosts gives the program a hosts file of its own.
package run
