package run

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
)

// socks asks a SOCKS proxy of version 5 (RFC 1928, RFC 1929) to connect to an
// address; it resolves the name.
func socks(c net.Conn, user *url.Userinfo, addr string) error {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || len(host) > 255 {
		return fmt.Errorf("no address: %q", addr)
	}
	const none, password = 0, 2
	methods := []byte{5, 1, none}
	if user != nil {
		methods = []byte{5, 2, none, password}
	}
	answer, err := exchange(c, methods, 2)
	switch {
	case err != nil:
		return err
	case answer[1] == password && user != nil:
		if err := socksLogin(c, user); err != nil {
			return err
		}
	case answer[1] != none:
		return errors.New("it wants to know who asks")
	}
	request := append([]byte{5, 1, 0, 3, byte(len(host))}, host...)
	answer, err = exchange(c, append(request, byte(port>>8), byte(port)), 5)
	switch {
	case err != nil:
		return err
	case answer[1] != 0:
		return fmt.Errorf("it does not connect: code %d", answer[1])
	}
	const v4, name, v6 = 1, 3, 4
	rest := map[byte]int{v4: 3, name: int(answer[4]), v6: 15}[answer[3]] + 2 // of the address, and the port
	_, err = io.ReadFull(c, make([]byte, rest))
	return err
}

func socksLogin(c net.Conn, user *url.Userinfo) error {
	name := user.Username()
	secret, _ := user.Password()
	if len(name) > 255 || len(secret) > 255 {
		return errors.New("the user's name or password is too long")
	}
	login := append([]byte{1, byte(len(name))}, name...)
	login = append(append(login, byte(len(secret))), secret...)
	answer, err := exchange(c, login, 2)
	if err == nil && answer[1] != 0 {
		return errors.New("it does not take the user's name and password")
	}
	return err
}

func exchange(c net.Conn, send []byte, n int) ([]byte, error) {
	if _, err := c.Write(send); err != nil {
		return nil, err
	}
	answer := make([]byte, n)
	_, err := io.ReadFull(c, answer)
	return answer, err
}
