package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/product"
)

// questions asks on stderr and reads the answers from stdin.
type questions struct {
	in *bufio.Reader
	g  *globals
}

// askAll asks for what values lack, and returns the settings that were made
// up because the answer was empty.
func (q *questions) askAll(ctx context.Context, values map[config.Key]string) (made []config.Key, err error) {
	ask := func(k config.Key, question words.ID, whenEmpty func() (string, error)) {
		if _, given := values[k]; given || err != nil {
			return
		}
		var text string
		if text, err = q.ask(ctx, k, question); err == nil && text == "" {
			text, err = whenEmpty()
		}
		if err == nil && text != "" {
			values[k] = text
		}
	}
	leaveOut := func() (string, error) { return "", nil }
	makeToken := func() (string, error) {
		made = append(made, config.Token)
		return randomText(q.g.env.Rand, tokenSize, lettersDigits)
	}
	makeKey := func() (string, error) {
		made = append(made, config.AESKey)
		return newAESKey(q.g.env.Rand)
	}
	ask(config.URL, words.InitAskURL, leaveOut)
	ask(config.Token, words.InitAskToken, makeToken)
	ask(config.Product, words.InitAskProduct, leaveOut)
	if rules, ok := product.Lookup(product.Product(values[config.Product])); ok && len(rules.Modes) == 1 && values[config.Mode] == "" {
		values[config.Mode] = string(rules.Mode())
	}
	ask(config.Mode, words.InitAskMode, func() (string, error) { return "plain", nil })
	if values[config.Mode] != "plain" {
		ask(config.AppID, words.InitAskAppid, leaveOut)
		ask(config.AESKey, words.InitAskAESKey, makeKey)
	}
	return made, err
}

// ask repeats a question until the answer is empty or good. Where one is hardly
// wrong, it asks whether the right one was meant.
func (q *questions) ask(ctx context.Context, k config.Key, question words.ID) (string, error) {
	fmt.Fprintln(q.g.env.Err, q.g.say(question))
	offer := "" // what an empty answer means
	for {
		answer, err := q.answer(ctx, k)
		switch {
		case err != nil:
			return "", err
		case answer == "", offer != "" && isYes(answer):
			return offer, nil
		}
		answer, offer = config.Meant(k, answer), ""
		err = config.Check(k, q.g.say(words.InitAnswer, "key", string(k)), answer)
		if err == nil {
			return answer, nil
		}
		if with := "http://" + answer; k == config.URL && !strings.Contains(answer, "://") && config.Check(k, "", with) == nil {
			offer = with
			q.tell(q.g.say(words.InitAskScheme, "url", text.Line(offer)))
			continue
		}
		q.tell(q.g.errorText(err))
		for _, h := range hintsOf(q.g.Lang(), err) {
			q.tell(q.g.say(words.CommonHint, "text", h))
		}
	}
}

// isYes takes what people type for Enter.
func isYes(answer string) bool {
	return slices.Contains([]string{"y", "yes", "ok", "是", "好", "对"}, strings.ToLower(answer))
}

// tell says something between the questions.
func (q *questions) tell(text string) {
	fmt.Fprintln(q.g.env.Err, wrap(text, min(q.g.env.Width, 80)-2, "  "))
}

// answer reads one answer.
func (q *questions) answer(ctx context.Context, k config.Key) (string, error) {
	fmt.Fprint(q.g.env.Err, "> ")
	// A Token is shown: nobody sees a typo in what is not, and it makes the very
	// failure that wxdev is for. The key is too long to be typed.
	hide := k == config.AESKey
	answer, err := q.line(ctx, hide)
	if hide || err != nil {
		fmt.Fprintln(q.g.env.Err) // the Enter was not shown, or there was none
	}
	answer = strings.TrimSpace(answer)
	switch {
	case errors.Is(err, io.EOF) && answer == "":
		return "", withHint(usage(words.InitErrEnd, "key", string(k)), hint(words.InitHintEnd, "flag", k.Flag()))
	case err != nil && !errors.Is(err, io.EOF):
		return "", failed(words.InitErrAnswer, "key", string(k), "error", cause(err))
	}
	return answer, nil
}

// line reads a line, without echo if it is secret and a terminal is there.
func (q *questions) line(ctx context.Context, secret bool) (string, error) {
	if secret && q.g.env.Keyboard != nil {
		return q.hidden(ctx, int(q.g.env.Keyboard.Fd()))
	}
	text, err := q.in.ReadString('\n')
	return strings.TrimRight(text, "\r\n"), err
}

// hidden reads a line from a terminal that does not show it. Ctrl-C leaves
// the read behind, and puts the echo back.
func (q *questions) hidden(ctx context.Context, fd int) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return string(a.text), a.err
	case <-ctx.Done():
		_ = term.Restore(fd, before) // on the way out: nothing is left to try
		return "", ctx.Err()
	}
}
