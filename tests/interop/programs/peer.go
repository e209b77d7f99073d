// Go's crypto/tls, whose suites of TLS 1.3 cannot be chosen, behind the commands of tests/interop/driver.py.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const limit = 10 * time.Second

var greeting = "interop says hello\n"

var versions = map[string]uint16{
	"tls1.0": tls.VersionTLS10, "tls1.1": tls.VersionTLS11, "tls1.2": tls.VersionTLS12,
	"tls1.3": tls.VersionTLS13,
}

var groups = map[string]tls.CurveID{
	"secp256r1": tls.CurveP256, "secp384r1": tls.CurveP384, "secp521r1": tls.CurveP521,
	"x25519": tls.X25519,
}

// Groups of later releases by their numbers: releases that do not have them do not know the names.
func init() {
	for name, id := range map[string]tls.CurveID{"X25519MLKEM768": 0x11ec, "SecP256r1MLKEM768": 0x11eb,
		"SecP384r1MLKEM1024": 0x11ed} {
		first := 26
		if id == 0x11ec {
			first = 24
		}
		if release() >= first {
			groups[name] = id
		}
	}
}

// N of Go 1.N.
func release() int {
	n := 0
	fmt.Sscanf(runtime.Version(), "go1.%d", &n)
	return n
}

type object map[string]any

func say(o object) {
	line, _ := json.Marshal(o)
	fmt.Println(string(line))
}

func can() object {
	suites := []uint16{}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, v := range s.SupportedVersions {
			if v >= tls.VersionTLS12 {
				suites = append(suites, s.ID)
			}
		}
	}
	return object{"title": "Go " + strings.TrimPrefix(runtime.Version(), "go"),
		"versions": keys(versions), "groups": keys(groups), "suites": suites,
		"certs": []string{"rsa", "p256", "p384", "p521", "ed25519"},
		"features": []string{"alpn", "client-cert", "ems", "resume-ticket", "legacy-resume", "verify",
			"renegotiate-server"},
		"client": []string{"retry"}, "server": []string{"retry", "sigalg"}}
}

func keys[T any](m map[string]T) []string {
	names := []string{}
	for name := range m {
		names = append(names, name)
	}
	return names
}

func configure(w map[string]string) (*tls.Config, error) {
	version, known := versions[w["version"]]
	if !known {
		return nil, errors.New("unknown version")
	}
	suite, err := strconv.ParseUint(strings.TrimPrefix(w["suite"], "0x"), 16, 16)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{MinVersion: version, MaxVersion: version, CipherSuites: []uint16{uint16(suite)},
		ServerName: w["name"], Renegotiation: tls.RenegotiateOnceAsClient,
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}}
	if w["group"] != "" {
		c.CurvePreferences = []tls.CurveID{groups[w["group"]]}
		if w["retry"] != "" && w["port"] != "" {
			c.CurvePreferences = []tls.CurveID{tls.X25519, groups[w["group"]]}
		}
	}
	if w["alpn"] != "" {
		c.NextProtos = strings.Split(w["alpn"], ",")
	}
	if w["resume"] == "" {
		c.SessionTicketsDisabled = true
	} else {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	if w["ca"] != "" {
		pem, err := os.ReadFile(w["ca"])
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AppendCertsFromPEM(pem)
		c.ClientCAs = c.RootCAs
	}
	if w["cert"] != "" {
		pair, err := tls.LoadX509KeyPair(w["cert"], w["key"])
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if w["auth"] == "require" {
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c, nil
}

func names[T comparable](m map[string]T, value T) string {
	for name, v := range m {
		if v == value {
			return name
		}
	}
	return ""
}

func describe(conn *tls.Conn) object {
	s := conn.ConnectionState()
	resumed := ""
	if s.DidResume {
		resumed = "yes"
	}
	o := object{"ok": false, "data": false, "version": names(versions, s.Version),
		"suite": s.CipherSuite, "alpn": s.NegotiatedProtocol, "resumed": resumed}
	if g := names(groups, s.CurveID); g != "" {
		o["group"] = g
	}
	return o
}

func failed(err error) object { return object{"ok": false, "data": false, "error": err.Error()} }

func connect(c *tls.Config, port string) object {
	raw, err := net.DialTimeout("tcp", "127.0.0.1:"+port, limit)
	if err != nil {
		return failed(err)
	}
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(limit))
	conn := tls.Client(raw, c)
	if err := conn.Handshake(); err != nil {
		return failed(err)
	}
	o := describe(conn)
	fmt.Fprint(conn, greeting)
	line, err := bufio.NewReader(conn).ReadString('\n')
	o["data"] = line == greeting
	if err != nil {
		o["error"] = err.Error()
	}
	if err := conn.Close(); err != nil {
		o["error"] = err.Error()
	}
	o["ok"] = o["data"] == true && o["error"] == nil
	return o
}

func client(w map[string]string) object {
	c, err := configure(w)
	if err != nil {
		return failed(err)
	}
	o := connect(c, w["port"])
	if w["resume"] != "" && o["ok"] == true {
		o = connect(c, w["port"])
	}
	return o
}

func serve(listener *net.TCPListener, c *tls.Config) object {
	listener.SetDeadline(time.Now().Add(limit))
	raw, err := listener.Accept()
	if err != nil {
		return failed(err)
	}
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(limit))
	conn := tls.Server(raw, c)
	if err := conn.Handshake(); err != nil {
		return failed(err)
	}
	o := describe(conn)
	if len(conn.ConnectionState().PeerCertificates) > 0 {
		o["client_cert"] = true
	}
	reader := bufio.NewReader(conn)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			o["ok"] = err.Error() == "EOF"
			if o["ok"] != true {
				o["error"] = err.Error()
			}
			break
		}
		o["data"] = line == greeting
		fmt.Fprint(conn, line)
	}
	conn.Close()
	return o
}

func server(w map[string]string) {
	c, err := configure(w)
	if err != nil {
		say(failed(err))
		return
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		say(failed(err))
		return
	}
	defer listener.Close()
	say(object{"port": listener.Addr().(*net.TCPAddr).Port})
	accepts, _ := strconv.Atoi(w["accepts"])
	for i := 0; i < accepts; i++ {
		say(serve(listener, c))
	}
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		fields := strings.Fields(input.Text())
		words := map[string]string{}
		for _, field := range fields[1:] {
			name, value, _ := strings.Cut(field, "=")
			words[name] = value
		}
		switch fields[0] {
		case "can":
			say(can())
		case "client":
			say(client(words))
		case "server":
			server(words)
		}
	}
}
