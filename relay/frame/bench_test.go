package frame

import (
	"fmt"
	"testing"
)

// message returns a frame of size bytes with its terminator.
func message(size int) []byte {
	return []byte(`{"message":"` + pad(size-14) + `"}` + "\n\r")
}

func TestReadingAllocatesNothingInTheSteadyState(t *testing.T) {
	for _, size := range []int{100, 4_000, 60_000, 400_000} {
		r := NewReader(&repeated{text: message(size), left: -1}, NewBuffers(1, 1<<20), nil)
		next := func() {
			if frame, err := r.Next(); err != nil || len(frame) != size {
				t.Fatalf("got %d bytes, %v", len(frame), err)
			}
		}
		for range 5 {
			next()
		}
		if allocs := testing.AllocsPerRun(10, next); allocs != 0 {
			t.Errorf("a frame of %d bytes costs %v allocations", size, allocs)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	for _, size := range []int{100, 4_000, 400_000} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			r := NewReader(&repeated{text: message(size), left: -1}, NewBuffers(1, 1<<20), nil)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
