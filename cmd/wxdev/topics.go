package main

import "github.com/spf13/cobra"

// newTopics are pages of the manual that belong to no command: `wxdev help
// exit-codes`.
func newTopics() []*cobra.Command {
	return []*cobra.Command{
		{
			Use:   "exit-codes",
			Short: "What the exit codes mean",
			Long: `Every command ends with one of these:

  0    done, or the answer is yes
  1    the check ran, and the answer is no: a server that WeChat would refuse,
       a wrong signature, a broken rule
  2    the command line or the config is wrong; nothing was tried, and stdout
       is empty, but for 'wxdev config', which shows the settings all the same
  3    it could not be done: a file, the network, an errcode of the API; with
       --json, stdout has an object with ok false and the error
  130  interrupted; a server that Ctrl-C ends exits with 0`,
		},
		{
			Use:   "environment",
			Short: "The environment variables that count",
			Long: `A flag beats a variable, a variable beats wxdev.toml:

  WXDEV_URL, WXDEV_TOKEN, WXDEV_APPID, WXDEV_SECRET, WXDEV_AES_KEY,
  WXDEV_MODE, WXDEV_FORMAT, WXDEV_API_BASE, WXDEV_STORE
                   the settings of the account; 'wxdev config' shows those in
                   force and where each came from
  WXDEV_CONFIG     the config file, as --config
  WXDEV_PROFILE    the profile, as --profile
  WXDEV_LANG       en or zh, as --lang; else LC_ALL, LC_MESSAGES, LANG decide
  NO_COLOR         no colour, even on a terminal
  CLICOLOR_FORCE   colour, even without one

The values of token, secret, aes_key, store, appid and url may be env:NAME,
file:PATH or - (a line of stdin), which keeps them out of process lists.`,
		},
	}
}
