// Reads an e-mail on its input as Go's library does, which takes nothing that the standards forbid, and
// prints what its reader would see, as JSON.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"strings"
	"time"
)

func main() {
	if err := read(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read() error {
	message, err := mail.ReadMessage(os.Stdin)
	if err != nil {
		return err
	}
	date, err := message.Header.Date()
	if err != nil {
		return err
	}
	seen := map[string]any{
		"version": message.Header.Get("MIME-Version"),
		"id":      message.Header.Get("Message-ID"),
		"date":    date.Format(time.RFC3339),
		"defects": []string{},
	}
	for _, name := range []string{"From", "To"} {
		addresses, err := message.Header.AddressList(name)
		if err != nil || len(addresses) != 1 {
			return fmt.Errorf("%s: %v", name, err)
		}
		seen[strings.ToLower(name)] = addresses[0].Address
	}
	seen["subject"], err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return err
	}
	kind, more, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return fmt.Errorf("it is %s: %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, more["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		kind, more, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || strings.ToLower(more["charset"]) != "utf-8" {
			return fmt.Errorf("a part is %s %v: %v", kind, more, err)
		}
		var body io.Reader = part
		switch encoding := strings.ToLower(part.Header.Get("Content-Transfer-Encoding")); encoding {
		case "quoted-printable":
			body = quotedprintable.NewReader(part)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, part)
		case "7bit", "8bit", "":
		default:
			return fmt.Errorf("the encoding %s", encoding)
		}
		bytes, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		seen[map[string]string{"text/plain": "text", "text/html": "html"}[kind]] = string(bytes)
	}
	return json.NewEncoder(os.Stdout).Encode(seen)
}
