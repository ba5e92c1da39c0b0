package lifecycle

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// No step of a VMM takes nearly as long.
const longestCall = 30 * time.Second

// connection is the one connection to a VMM's API, kept alive. It is as plain as can be, so that the
// raw figures hold nothing of an HTTP client's own threads.
type connection struct {
	socket net.Conn
	reader *bufio.Reader
}

func newConnection(socket net.Conn) *connection {
	return &connection{socket, bufio.NewReader(socket)}
}

// call sends one request and reads its answer to the end.
func (c *connection) call(method, path string, body []byte, want int) error {
	if err := c.socket.SetDeadline(time.Now().Add(longestCall)); err != nil {
		return err
	}
	var request bytes.Buffer
	fmt.Fprintf(&request, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, path)
	if len(body) > 0 {
		fmt.Fprintf(&request, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	request.WriteString("\r\n")
	request.Write(body)
	if _, err := c.socket.Write(request.Bytes()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return c.answer(method, path, want)
}

func (c *connection) answer(method, path string, want int) error {
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if response.StatusCode != want {
		return fmt.Errorf("%s answered %d instead of %d: %s", path, response.StatusCode, want, strings.TrimSpace(string(text)))
	}
	return nil
}
