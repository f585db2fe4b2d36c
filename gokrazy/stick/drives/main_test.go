package drives_test

import (
	"os"
	"testing"

	"rawtcpcom/gokrazy/stick/loopdisk"
)

func TestMain(m *testing.M) { os.Exit(loopdisk.Main(m)) }
