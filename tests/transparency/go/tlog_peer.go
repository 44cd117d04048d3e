// tlog_peer is the other side of a log for tests: Go's own transparency log library (golang.org/x/mod/sumdb, as Debian
// packages it), and nothing of this project.
//
//	tlog_peer read URL VKEY       verifies the log served at URL: its checkpoint, every tile, inclusion and consistency
//	                              proofs computed from the tiles, and those that the server gives under URL/proof/
//	tlog_peer write DIR SKEY SIZE makes a log of SIZE entries in DIR, as tiles, bundles and a signed checkpoint
//
// It prints what it found in one line and exits 0, or says what is wrong and exits 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// pathOf is a tile's path by C2SP tlog-tiles, which leaves the height out of it.
func pathOf(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

func bundlePathOf(tile tlog.Tile) string {
	return strings.Replace(pathOf(tlog.Tile{H: height, L: 0, N: tile.N, W: tile.W}), "tile/0/", "tile/entries/", 1)
}

func fetch(url string) ([]byte, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("GET %s: %s", url, response.Status)
	}
	return body, err
}

// reader hands tiles to the library, which verifies every one against the tree before it uses it.
type reader struct{ url string }

func (r reader) Height() int { return height }

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		bytes, err := fetch(r.url + "/" + pathOf(tile))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

// openCheckpoint verifies a checkpoint: origin, size and root, each on its line.
func openCheckpoint(signed []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("no checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func hashesOf(data []byte) []tlog.Hash {
	hashes := []tlog.Hash{}
	for ; len(data) >= tlog.HashSize; data = data[tlog.HashSize:] {
		var hash tlog.Hash
		copy(hash[:], data)
		hashes = append(hashes, hash)
	}
	return hashes
}

// checkEntries compares every bundle with the leaf hashes, which the library has verified.
func checkEntries(url string, tree tlog.Tree, hashes tlog.HashReader) error {
	for index := int64(0); index*256 < tree.N; index++ {
		width := tree.N - index*256
		if width > 256 {
			width = 256
		}
		data, err := fetch(url + "/" + bundlePathOf(tlog.Tile{H: height, N: index, W: int(width)}))
		if err != nil {
			return err
		}
		var indexes []int64
		var entries [][]byte
		for n := int64(0); n < width; n++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return fmt.Errorf("bundle %d ends early", index)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			indexes = append(indexes, tlog.StoredHashIndex(0, index*256+n))
			entries = append(entries, data[2:end])
			data = data[end:]
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for n, entry := range entries {
			if tlog.RecordHash(entry) != leaves[n] {
				return fmt.Errorf("entry %d is not the one under the checkpoint", index*256+int64(n))
			}
		}
	}
	return nil
}

// checkProofs verifies proofs of inclusion and consistency: the library's own over the tiles, and the server's.
func checkProofs(url string, tree tlog.Tree, hashes tlog.HashReader) (int, error) {
	checked := 0
	for _, n := range []int64{0, 1, 254, 255, 256, 257, 4095, 65534, 65535, 65536, 69887, tree.N - 1} {
		if n >= tree.N {
			continue
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return 0, err
		}
		served, err := fetch(fmt.Sprintf("%s/proof/inclusion/%d", url, n))
		if err != nil {
			return 0, err
		}
		for _, p := range []tlog.RecordProof{proof, tlog.RecordProof(hashesOf(served))} {
			if err := tlog.CheckRecord(p, tree.N, tree.Hash, n, leaf[0]); err != nil {
				return 0, fmt.Errorf("inclusion of %d: %v", n, err)
			}
			checked++
		}
	}
	for _, old := range []int64{1, 2, 255, 256, 257, 65535, 65536, 65537, tree.N - 1} {
		if old > tree.N {
			continue
		}
		root, err := tlog.TreeHash(old, hashes)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveTree(tree.N, old, hashes)
		if err != nil {
			return 0, err
		}
		served, err := fetch(fmt.Sprintf("%s/proof/consistency/%d", url, old))
		if err != nil {
			return 0, err
		}
		for _, p := range []tlog.TreeProof{proof, tlog.TreeProof(hashesOf(served))} {
			if err := tlog.CheckTree(p, tree.N, tree.Hash, old, root); err != nil {
				return 0, fmt.Errorf("consistency from %d: %v", old, err)
			}
			checked++
		}
	}
	return checked, nil
}

func read(url, vkey string) error {
	signed, err := fetch(url + "/checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, vkey)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, reader{url})
	if err := checkEntries(url, tree, hashes); err != nil {
		return err
	}
	proofs, err := checkProofs(url, tree, hashes)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries, %d proofs\n", tree.N, proofs)
	return nil
}

// storedHashes is the library's own layout of a whole tree, in memory.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hashes = append(hashes, s[index])
	}
	return hashes, nil
}

func writeFile(dir, path string, data []byte) error {
	name := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

func writeTiles(dir string, size int64, stored storedHashes, entries [][]byte) error {
	for _, tile := range tlog.NewTiles(height, 0, size) {
		data, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return err
		}
		if err := writeFile(dir, pathOf(tile), data); err != nil {
			return err
		}
		if tile.L != 0 {
			continue
		}
		var bundle bytes.Buffer
		for _, entry := range entries[tile.N*256 : tile.N*256+int64(tile.W)] {
			binary.Write(&bundle, binary.BigEndian, uint16(len(entry)))
			bundle.Write(entry)
		}
		if err := writeFile(dir, bundlePathOf(tile), bundle.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func write(dir, skey string, size int64) error {
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	var stored storedHashes
	var entries [][]byte
	for n := int64(0); n < size; n++ {
		entries = append(entries, []byte(fmt.Sprintf("the entry of another log, number %d", n)))
		hashes, err := tlog.StoredHashes(n, entries[n], stored)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
	}
	if err := writeTiles(dir, size, stored, entries); err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries\n", size)
	return writeFile(dir, "checkpoint", signed)
}

func run(arguments []string) error {
	if len(arguments) == 3 && arguments[0] == "read" {
		return read(arguments[1], arguments[2])
	}
	if len(arguments) == 4 && arguments[0] == "write" {
		size, err := strconv.ParseInt(arguments[3], 10, 64)
		if err != nil {
			return err
		}
		return write(arguments[1], arguments[2], size)
	}
	return fmt.Errorf("tlog_peer read URL VKEY, or tlog_peer write DIR SKEY SIZE")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tlog_peer:", err)
		os.Exit(1)
	}
}
