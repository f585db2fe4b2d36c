package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// read reads all there is and returns it with the final error. It checks
// after each call that no more than the limit and one chunk is held.
func read(t testing.TB, src io.Reader, max int) (got []outcome, final error) {
	t.Helper()
	r := NewReader(src, NewBuffers(1, max), nil)
	for {
		frame, err := r.Next()
		if cap(r.buf) > max+chunk {
			t.Fatalf("the buffer holds %d bytes, more than the limit of %d and one chunk", cap(r.buf), max)
		}
		var bad *Error
		switch {
		case errors.As(err, &bad):
			if frame != nil {
				t.Fatalf("a frame %q came together with the error %v", frame, err)
			}
			if bad.Max != max || len(bad.Head) > HeadSize {
				t.Fatalf("the error has limit %d and a head of %d bytes", bad.Max, len(bad.Head))
			}
			got = append(got, outcome{bad.Kind, string(bad.Head)})
		case err != nil:
			if again, err2 := r.Next(); again != nil || err2 != err {
				t.Fatalf("Next after the final error %v gave %q, %v", err, again, err2)
			}
			return got, err
		default:
			got = append(got, outcome{aFrame, string(frame)})
		}
	}
}

func expect(t *testing.T, how string, src io.Reader, want []outcome) {
	t.Helper()
	got, err := read(t, src, sampleMax)
	if err != io.EOF {
		t.Errorf("%s: final error %v, want EOF", how, err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", how, got, want)
	}
}

func TestSamplesReadTheSameHoweverTheyAreCut(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			expect(t, "whole", strings.NewReader(s.in), s.want)
			expect(t, "byte by byte", iotest.OneByteReader(strings.NewReader(s.in)), s.want)
			expect(t, "EOF with the last bytes", iotest.DataErrReader(strings.NewReader(s.in)), s.want)
			for i := range len(s.in) + 1 {
				expect(t, fmt.Sprintf("cut at %d", i), packets(s.in[:i], s.in[i:]), s.want)
			}
		})
	}
}

func TestAllSamplesInOneStream(t *testing.T) {
	var in strings.Builder
	var want []outcome
	for _, s := range samples {
		in.WriteString(s.in + "\n")
		want = append(want, s.want...)
	}
	expect(t, "whole", strings.NewReader(in.String()), want)
	expect(t, "in halves", iotest.HalfReader(strings.NewReader(in.String())), want)
	expect(t, "byte by byte", iotest.OneByteReader(strings.NewReader(in.String())), want)
}

// packets is a source whose every read gives one packet.
func packets(p ...string) io.Reader {
	sources := make([]io.Reader, len(p))
	for i := range p {
		sources[i] = strings.NewReader(p[i])
	}
	return io.MultiReader(sources...)
}

func TestAnObjectIsReturnedBeforeAnythingFollowsIt(t *testing.T) {
	client, server := io.Pipe()
	defer client.Close()
	go server.Write([]byte(home))
	frame, err := NewReader(client, NewBuffers(1, sampleMax), nil).Next()
	if string(frame) != home || err != nil {
		t.Fatalf("got %q, %v", frame, err)
	}
}

func TestJunkThatNeverEndsIsReportedOnceAndHoldsNoMemory(t *testing.T) {
	endless(t, strings.Repeat("x", chunk), outcome{TooLarge, pad(HeadSize)})
}

func TestObjectThatNeverEndsIsReportedOnceAndHoldsNoMemory(t *testing.T) {
	endless(t, `{"a":`+strings.Repeat("x", chunk-5), outcome{TooLarge, `{"a":` + pad(HeadSize-5)})
}

func endless(t *testing.T, beginning string, want outcome) {
	t.Helper()
	const max = 5 * chunk
	rest := &repeated{text: []byte(pad(1000)), left: 64 * max}
	got, err := read(t, io.MultiReader(strings.NewReader(beginning), rest, strings.NewReader("\n"+home)), max)
	if err != io.EOF || !slices.Equal(got, []outcome{want, frame(home)}) {
		t.Errorf("got %q, %v", got, err)
	}
}

// repeated gives its text again and again, never two of them in one read.
type repeated struct {
	text []byte
	left int // bytes; without end if negative
	at   int
}

func (s *repeated) Read(p []byte) (n int, err error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n = copy(p, s.text[s.at:])
	if s.left > 0 {
		n = min(n, s.left)
		s.left -= n
	}
	s.at = (s.at + n) % len(s.text)
	return n, nil
}

func TestLimitHoldsForFramesOfManyChunks(t *testing.T) {
	const max = 3*chunk + 17
	object := func(size int) string { return `{"a":"` + pad(size-8) + `"}` }
	for _, size := range []int{chunk - 1, chunk, chunk + 1, 2 * chunk, max - 1, max} {
		in := home + object(size) + home
		for _, src := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.HalfReader(strings.NewReader(in))} {
			got, _ := read(t, src, max)
			if !slices.Equal(got, []outcome{frame(home), frame(object(size)), frame(home)}) {
				t.Errorf("size %d: wrong frames: %d of them", size, len(got))
			}
		}
	}
	for _, size := range []int{max + 1, max + 2, max + chunk, 10 * max} {
		in := home + object(size) + home
		for _, src := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
			got, _ := read(t, src, max)
			if !slices.Equal(got, []outcome{frame(home), tooLarge(object(size)[:HeadSize]), frame(home)}) {
				t.Errorf("size %d: got %q", size, got)
			}
		}
	}
}

func TestMemoryOfALargeFrameIsGivenBack(t *testing.T) {
	large := `{"a":"` + pad(50*chunk) + `"}` + "\n"
	r := NewReader(packets(large, home, home, home), NewBuffers(1, 1<<20), nil)
	for range 4 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if cap(r.buf) > 4*chunk {
		t.Errorf("%d bytes are held for frames of %d", cap(r.buf), len(home))
	}
}

func TestSourceErrorComesAfterWhatWasReadAndIsFinal(t *testing.T) {
	broken := errors.New("cable pulled")
	for name, c := range map[string]struct {
		in   string
		want []outcome
	}{
		"between frames":    {home + "\n", []outcome{frame(home)}},
		"at once":           {"", nil},
		"inside an object":  {home + `{"a`, []outcome{frame(home), incomplete(`{"a`)}},
		"inside junk":       {home + `ab`, []outcome{frame(home), notObject(`ab`)}},
		"after a too large": {`{` + pad(50), []outcome{tooLarge(`{` + pad(40))}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range []io.Reader{
				io.MultiReader(strings.NewReader(c.in), iotest.ErrReader(broken)),
				&dataAndError{c.in, broken},
			} {
				got, err := read(t, src, sampleMax)
				if err != broken || !slices.Equal(got, c.want) {
					t.Errorf("got %q, %v; want %q, %v", got, err, c.want, broken)
				}
			}
		})
	}
}

// dataAndError gives its error together with its data, as a Reader may.
type dataAndError struct {
	data string
	err  error
}

func (s *dataAndError) Read(p []byte) (int, error) { return copy(p, s.data), s.err }

func TestEmptyReadsAreNoEnd(t *testing.T) {
	expect(t, "empty packets", &hesitant{src: iotest.OneByteReader(strings.NewReader(home + "\n" + home))}, []outcome{frame(home), frame(home)})
}

// hesitant gives nothing at every second read.
type hesitant struct {
	src  io.Reader
	give bool
}

func (s *hesitant) Read(p []byte) (int, error) {
	if s.give = !s.give; s.give {
		return s.src.Read(p)
	}
	return 0, nil
}

func TestJunkFarBehindAByteOrderMarkIsReported(t *testing.T) {
	in := byteOrderMark + strings.Repeat(" ", HeadSize) + "junk\n" + home
	got, _ := read(t, strings.NewReader(in), 1000)
	if !slices.Equal(got, []outcome{notObject(in[:HeadSize]), frame(home)}) {
		t.Errorf("got %q", got)
	}
}

func TestHeadOfABadFrameOutlivesTheNextCall(t *testing.T) {
	r := NewReader(packets("junk\n", strings.Repeat("y", 4), `{"cut`, "\n", home), NewBuffers(1, sampleMax), nil)
	var heads [][]byte
	for {
		_, err := r.Next()
		var bad *Error
		if !errors.As(err, &bad) {
			break
		}
		heads = append(heads, bad.Head)
	}
	if got := bytes.Join(heads, []byte("|")); string(got) != `junk|yyyy|{"cut` {
		t.Errorf("heads are %q", got)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for kind, word := range map[Kind]string{NotObject: `starts with "{"`, Incomplete: "on one line", TooLarge: "larger than 40 bytes"} {
		if text := (&Error{Kind: kind, Max: 40}).Error(); !strings.Contains(text, word) {
			t.Errorf("%q does not say %q", text, word)
		}
	}
}

// So many large frames are held at once; a small one, and so a stop, never
// waits for its turn, and a connection that ends does not either.
func TestLargeFramesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buffers := NewBuffers(1, 1<<20)
		large := `{"a":"` + pad(2*chunk) + `"}`
		half, halfEnd := io.Pipe()
		first := NewReader(half, buffers, nil)
		go halfEnd.Write([]byte(large[:chunk+100]))
		read := make(chan error, 1)
		go func() {
			_, err := first.Next()
			read <- err
		}()
		synctest.Wait() // it has the one buffer, for the rest of its frame

		small := NewReader(strings.NewReader(home), buffers, nil)
		if frame, err := small.Next(); string(frame) != home || err != nil {
			t.Errorf("a small frame: %q, %v", frame, err)
		}
		quit := make(chan struct{})
		gone := NewReader(strings.NewReader(large), buffers, quit)
		second := NewReader(strings.NewReader(large), buffers, nil)
		idle := false
		second.Idle = func() { idle = true }
		came := make(chan string, 2)
		go func() {
			_, _ = gone.Next() // that it was cut short
			_, err := gone.Next()
			gone.Close()
			came <- fmt.Sprint("gone ", errors.Is(err, errQuit))
		}()
		synctest.Wait()
		close(quit)
		go func() {
			frame, _ := second.Next()
			second.Close()
			came <- fmt.Sprint("second ", string(frame) == large)
		}()
		synctest.Wait()
		if got := len(came); got != 1 || <-came != "gone true" {
			t.Fatalf("%d came while the buffer was lent", got)
		}
		if !idle {
			t.Error("what came before was not flushed")
		}
		halfEnd.CloseWithError(io.ErrUnexpectedEOF)
		if err := <-read; err == nil {
			t.Error("half a frame was read")
		}
		first.Close()
		if got := <-came; got != "second true" {
			t.Error(got)
		}
	})
}

// A large frame that finds no room is not kept until it does: its sender is
// told, and the stop behind it passes.
func TestLargeFrameThatFindsNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buffers := NewBuffers(1, 1<<20)
		large := `{"a":"` + pad(2*chunk) + `"}`
		half, halfEnd := io.Pipe()
		first := NewReader(half, buffers, nil)
		go halfEnd.Write([]byte(large[:chunk+100]))
		read := make(chan error, 1)
		go func() {
			_, err := first.Next()
			read <- err
		}()
		synctest.Wait()

		second := NewReader(strings.NewReader(large+home), buffers, nil)
		began := time.Now()
		_, err := second.Next()
		var bad *Error
		if !errors.As(err, &bad) || bad.Kind != NoRoom || !strings.HasPrefix(string(bad.Head), `{"a":"`) {
			t.Errorf("the large frame came to %v", err)
		}
		if waited := time.Since(began); waited != lendTime {
			t.Errorf("it waited for %v", waited)
		}
		if frame, err := second.Next(); string(frame) != home || err != nil {
			t.Errorf("behind it: %q, %v", frame, err)
		}
		halfEnd.CloseWithError(io.ErrUnexpectedEOF)
		<-read
	})
}
