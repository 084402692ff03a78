// Program tailnet is tailscale's own test control server, with its DERP and STUN servers, at an
// address of the test's choice: tailnet <ip>. Besides, POST /offline?hostname=<name> tells every
// other node that this one has left, which the test control server does not notice by itself.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/logger"
)

func main() {
	host := os.Args[1]
	addr := net.JoinHostPort(host, "9911")
	control := &testcontrol.Server{
		DERPMap:          integration.RunDERPAndSTUN(program{}, logger.Discard, host),
		DNSConfig:        &tailcfg.DNSConfig{Proxied: true, Domains: []string{"lab.ts.net"}},
		MagicDNSDomain:   "lab.ts.net",
		AllNodesSameUser: true,
		AllOnline:        true,
		ExplicitBaseURL:  "http://" + addr,
		Logf:             logger.Discard,
	}
	http.Handle("/", control)
	http.HandleFunc("POST /offline", func(_ http.ResponseWriter, r *http.Request) {
		leave(control, r.FormValue("hostname"))
	})
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("ready")
	log.Fatal(http.Serve(listener, nil))
}

func leave(control *testcontrol.Server, hostname string) {
	no, now := false, time.Now()
	for _, gone := range control.AllNodes() {
		if gone.Hostinfo.Hostname() != hostname {
			continue
		}
		change := &tailcfg.PeerChange{NodeID: gone.ID, Online: &no, LastSeen: &now}
		for _, node := range control.AllNodes() {
			control.AddRawMapResponse(node.Key, &tailcfg.MapResponse{
				PeersChangedPatch: []*tailcfg.PeerChange{change},
			})
		}
	}
}

// program is what the servers take for a test.
type program struct{ testing.TB }

func (program) Helper()                           {}
func (program) Cleanup(func())                    {}
func (program) Name() string                      { return "tailnet" }
func (program) Log(args ...any)                   { log.Print(args...) }
func (program) Logf(format string, args ...any)   { log.Printf(format, args...) }
func (program) Fatal(args ...any)                 { log.Fatal(args...) }
func (program) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }
func (program) Errorf(format string, args ...any) { log.Fatalf(format, args...) }
