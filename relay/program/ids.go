package program

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"

	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/lock"
	"rawtcpcom/relay/machine"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

// clientIDs is the pool of client ids with the locks that make it this relay's
// alone: two relays that lend the same ids would each get the answers to the
// other's clients. The kernel gives the locks back however the process ends.
type clientIDs struct {
	pool    *lease.Pool
	notices []state.Notice // what a person should know about it
	kept    bool           // the data directory can be used
	locks   []io.Closer
}

// openIDs locks the data directory and opens the pool in it. Where that cannot
// be done the relay serves all the same, since a box whose card is worn out
// would otherwise be started again and again: with ids that are made of what
// tells the machine from others, the same after each start, so that they cost
// the robot's driver their slots once. Only another relay's lock is an error.
func openIDs(dir string, size int, log *slog.Logger) (*clientIDs, error) {
	ids := &clientIDs{pool: lease.Unkept(log)}
	problem := ids.lockData(dir)
	if errors.Is(problem, errTaken) {
		return nil, problem
	}
	if problem == nil {
		ids.pool, problem = lease.Open(dir, size, log)
	}
	if problem == nil {
		ids.kept = true
		return ids, nil
	}
	text := fmt.Sprintf("The data directory %s cannot be used (%v). ", dir, problem)
	if missing := size - len(ids.pool.IDs()); missing > 0 {
		made, how, err := ids.makeUp(missing)
		if err != nil {
			ids.close()
			return nil, fmt.Errorf("%w; the data directory %s cannot be used: %w", err, dir, problem)
		}
		ids.pool.Fill(size, made)
		text += how
	} else {
		text += "The relay serves with the client ids that it holds."
	}
	log.Warn(text)
	ids.notices = []state.Notice{{Time: time.Now(), Text: text}}
	return ids, nil
}

// makeUp makes ids that need no disk, and says how.
func (ids *clientIDs) makeUp(n int) (made []string, how string, err error) {
	serial := machine.Serial("/")
	if serial == "" {
		for range n {
			made = append(made, uuid.NewString())
		}
		return made, "The relay serves with client ids for this run only, since this machine has no serial number to make them of; each start takes further slots of the robot's driver, until that is restarted.", nil
	}
	made = machine.IDs(serial, n)
	how = "The relay serves with client ids that are made of this machine's serial number."
	if place.Here() == place.Box {
		how += " The card may be worn out: flash another."
	}
	return made, how, ids.lockMachine(made[0])
}

var errTaken = errors.New("another relay uses")

// lockData keeps a second relay away from the data directory.
func (ids *clientIDs) lockData(dir string) error {
	const remedy = "point -data at a directory that can be written"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%w; %s", err, remedy)
	}
	held, err := lock.Folder(dir)
	if errors.Is(err, lock.ErrTaken) {
		return fmt.Errorf("%w the data directory %s; stop it, or give this one a -data of its own", errTaken, dir)
	}
	if err != nil {
		return fmt.Errorf("%w; %s", err, remedy)
	}
	ids.locks = append(ids.locks, held)
	return nil
}

// lockMachine keeps a second relay away from the ids that are made of the
// machine's serial number.
func (ids *clientIDs) lockMachine(id string) error {
	held, err := lock.Name(id)
	if errors.Is(err, lock.ErrTaken) {
		return fmt.Errorf("%w this machine's own client ids, which serve where there is no data directory; stop it, or give each a -data of its own", errTaken)
	}
	if err != nil {
		return fmt.Errorf("locking this machine's own client ids: %w", err)
	}
	ids.locks = append(ids.locks, held)
	return nil
}

// close keeps what the next relay is to know, and gives the locks back.
func (ids *clientIDs) close() {
	if ids.kept {
		ids.pool.Close()
	}
	for _, lock := range slices.Backward(ids.locks) {
		_ = lock.Close() // the kernel would
	}
}
