package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// layOut makes the folder that an agent finds.
func (c *broken) layOut(dir, skill string) error {
	files, err := c.wrong()
	if err != nil {
		return err
	}
	files["TASK.md"], files["SKILL.md"] = c.taskText(), skill
	return writeAll(dir, files)
}

func writeAll(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// oracle mends the server of a folder by the edit that is known.
func oracle(dir string) error {
	number, err := strconv.Atoi(filepath.Base(dir))
	if err != nil {
		return err
	}
	cases, err := loadCases()
	if err != nil {
		return err
	}
	if number < 1 || number > len(cases) {
		return fmt.Errorf("no server %d", number)
	}
	files, err := cases[number-1].mended()
	if err != nil {
		return err
	}
	return writeAll(dir, files)
}

// jobs are what the programs are for, as their owners say it.
var jobs = map[string]string{
	"bot": `- 你好: a greeting, 取号: the next number of the queue, 帮助 or the menu's button (CLICK): a news card
- any other text is repeated after 您说的是：
- who follows is welcomed; there is no answer to anything else`,
	"mini": `- each text that a user sends to customer service becomes a line of orders.log
- everything else is taken, and nothing is answered`,
}

var modeNames = map[string]string{"plain": "明文模式 (plain)", "compat": "兼容模式 (compat)", "safe": "安全模式 (safe)"}

func (c *broken) taskText() string {
	kind, job := "公众号 (Official Account)", jobs["bot"]
	if c.Format == "json" {
		kind, job = "小程序 (mini program)", jobs["mini"]
	}
	return fmt.Sprintf(`# The problem

%s

# The server

%s, %s. `+"`sh start.sh`"+` starts it on http://127.0.0.1:%d/wechat. What it does, and must go on doing:

%s

In the console (服务器配置):

| | |
|---|---|
| Token | %s |
| EncodingAESKey | %s |
| AppID | %s |
| mode | %s |
| format | %s |

# What to do

Find out what is wrong, and mend it in this folder: the console cannot be changed. The program `+"`wxdev`"+` is on the PATH; SKILL.md
says how to use it. Another person will start your server by start.sh, with PORT set. End what you have started.
`, c.Task, kind, c.Base, c.port(), job, token, aesKey, appID, modeNames[c.Mode], strings.ToUpper(c.Format))
}
