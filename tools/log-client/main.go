// Reads a gateway's log with a client that is not ours: the packages note and tlog of
// golang.org/x/mod/sumdb, which the checksum database of Go is read with.
//
//	log-client URL KEY [EARLIER CHECKPOINT]
//
// It opens the checkpoint with the key, reads every leaf and every tile, each tile checked against the
// signed root, proves each leaf's place, and that the log continues the earlier checkpoint.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// C2SP tlog-tiles has tiles of 256 hashes.
const height = 8

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: log-client URL KEY [EARLIER CHECKPOINT]")
		os.Exit(2)
	}
	said, err := follow(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Println("It does not hold:", err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func follow(url, key string, earlier []string) (string, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return "", err
	}
	signed, err := fetch(url + "/checkpoint")
	if err != nil {
		return "", err
	}
	tree, err := open(signed, verifier)
	if err != nil {
		return "", err
	}
	reader := tlog.TileHashReader(tree, &tiles{url: url})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return "", err
	}
	if root != tree.Hash {
		return "", fmt.Errorf("the tiles make another root")
	}
	for from := int64(0); from < tree.N; from += 1 << height {
		if err := leaves(url, tree, reader, from); err != nil {
			return "", err
		}
	}
	said := fmt.Sprintf("%d leaves, root %v", tree.N, tree.Hash)
	for _, file := range earlier {
		bytes, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		before, err := open(bytes, verifier)
		if err != nil {
			return "", err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err != nil {
			return "", err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return "", err
		}
		said += fmt.Sprintf(", continues %d", before.N)
	}
	return said, nil
}

// Opens a checkpoint: a signed note of the log's name, its size and its root.
func open(signed []byte, verifier note.Verifier) (tree tlog.Tree, err error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// Reads up to 256 leaves and proves the place of each.
func leaves(url string, tree tlog.Tree, reader tlog.HashReader, from int64) error {
	tile := tlog.Tile{H: height, L: -1, N: from >> height, W: 1 << height}
	if tree.N-from < 1<<height {
		tile.W = int(tree.N - from)
	}
	data, err := fetch(url + path(tile))
	if err != nil {
		return err
	}
	for place := from; place < from+int64(tile.W); place++ {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return fmt.Errorf("leaf %d is cut off", place)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		leaf := tlog.RecordHash(data[2:end])
		data = data[end:]
		proof, err := tlog.ProveRecord(tree.N, place, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, place, leaf); err != nil {
			return fmt.Errorf("leaf %d: %v", place, err)
		}
	}
	if len(data) > 0 {
		return fmt.Errorf("there is something after leaf %d", from+int64(tile.W))
	}
	return nil
}

// C2SP leaves the height out of a tile's path, and calls leaves entries.
func path(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "/tile/", 1)
	return strings.Replace(path, "/tile/data/", "/tile/entries/", 1)
}

// Tiles over HTTP, kept while this program runs.
type tiles struct {
	url  string
	kept map[string][]byte
}

func (t *tiles) Height() int { return height }

func (t *tiles) ReadTiles(wanted []tlog.Tile) (found [][]byte, err error) {
	for _, tile := range wanted {
		path := path(tile)
		data, known := t.kept[path]
		if !known {
			if data, err = fetch(t.url + path); err != nil {
				return nil, err
			}
			if len(data) != tile.W*tlog.HashSize {
				return nil, fmt.Errorf("%s has %d bytes", path, len(data))
			}
		}
		found = append(found, data)
	}
	return found, nil
}

// SaveTiles gets tiles that were found to be right.
func (t *tiles) SaveTiles(saved []tlog.Tile, data [][]byte) {
	if t.kept == nil {
		t.kept = map[string][]byte{}
	}
	for place, tile := range saved {
		t.kept[path(tile)] = data[place]
	}
}

func fetch(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 1<<24))
}
