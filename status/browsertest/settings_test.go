package browsertest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/simulator"
)

const password = "open sesame"

// newSettingsBox is a box with settings, whose robot is looked for in a network
// of loopback addresses.
func newSettingsBox(t *testing.T, set settings.Values) (*box, settings.Store) {
	t.Helper()
	need(t)
	store := settings.Store{Dir: filepath.Join(t.TempDir(), "settings")}
	if err := store.Save(set); err != nil {
		t.Fatal(err)
	}
	b := &box{tcp: freeAddr(t), api: freeAddr(t), page: freeAddr(t)}
	_, port, err := net.SplitHostPort(b.page)
	if err != nil {
		t.Fatal(err)
	}
	b.relayArgs = []string{"-listen", b.tcp, "-http", b.api, "-data", t.TempDir(), "-page-port", port, "-settings", store.Path()}
	b.statusArgs = []string{"-http", b.page, "-relay", "http://" + b.api, "-relay-tcp", b.tcp, "-settings", store.Path(), "-search", "127.61.7.0/29"}
	b.relay = start(t, "relay", b.relayArgs...)
	b.status = start(t, "status", b.statusArgs...)
	return b, store
}

// switchedOn makes the page take the machine for one that is on for so many
// seconds, until the test ends.
func switchedOn(t *testing.T, seconds int) {
	t.Helper()
	if err := os.WriteFile(uptimeFile(), []byte(fmt.Sprintf("%d.00 0.00\n", seconds)), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(uptimeFile()) })
}

func (x *tab) navigate(t *testing.T, url string) {
	t.Helper()
	if err := chromedp.Do(x.ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
}

// fillIn types into the field, as a person does who has selected what is in it.
func (x *tab) fillIn(t *testing.T, selector, text string) {
	t.Helper()
	eval[bool](t, x, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.focus(); e.select?.(); return true })()`, selector))
	x.keys(t, text)
}

func (x *tab) keys(t *testing.T, text string) {
	t.Helper()
	if err := chromedp.Do(x.ctx, chromedp.KeyEvent(text)); err != nil {
		t.Fatal(err)
	}
}

// says is true when an element's text has a part.
func says(id, part string) string {
	return fmt.Sprintf(`document.getElementById(%q).innerText.includes(%q)`, id, part)
}

// settingsShown is true when the form is there and may be changed, or not.
func settingsShown(may bool) string {
	return fmt.Sprintf(`document.getElementById("robot-address")?.disabled === %v`, !may)
}

// startRobot is a robot where the box looks for one.
func startRobot(t *testing.T, addr string) *simulator.Router {
	t.Helper()
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(router.Close)
	robot, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { robot.Close() })
	return router
}

// From unboxing on: a newcomer is told that no robot is set, sets a password, looks
// for the robot, picks it and saves, and the relay joins it.
func TestNewcomerSetsTheBoxUp(t *testing.T) {
	startRobot(t, "127.61.7.2:8080")
	b, store := newSettingsBox(t, nil)
	x := b.open(t)
	x.wait(t, "the page says that no robot is set, and leads to the settings", `!document.getElementById("settings").hidden && !document.getElementById("not-set").hidden`)
	x.navigate(t, eval[string](t, x, `document.querySelector("#not-set a").href`))
	x.wait(t, "the newcomer may change settings", settingsShown(true)+` && `+says("may", "No password is set. For 10 more minutes"))

	x.fillIn(t, "#password-new", "short")
	x.fillIn(t, "#password-again", "short\r")
	x.wait(t, "the error is beside it", says("password-error", "between 8 and 72"))
	x.fillIn(t, "#password-new", password)
	x.fillIn(t, "#password-again", "another\r")
	x.wait(t, "they differ", says("password-error", "not the same"))
	x.fillIn(t, "#password-again", password+"\r")
	x.wait(t, "the newcomer is logged in", says("may", "You are logged in")+` && `+says("password-state", "is set"))

	x.click(t, "#search")
	x.wait(t, "the robot is found", `document.querySelectorAll("#found li").length === 1 && `+says("found", "a robot with the software driver"))
	if text := eval[string](t, x, `document.getElementById("robot-address").value`); text != "" {
		t.Errorf("the box has picked %q by itself", text)
	}
	x.click(t, "#found button")
	x.wait(t, "it is filled in", `document.getElementById("robot-address").value === "ws://127.61.7.2:8080/ws"`)
	if set, _, _ := store.Load(); set["robot.address"] != "" {
		t.Error("the address is set before it was saved")
	}
	x.click(t, "#save button")
	x.wait(t, "it asks what that may interrupt", `document.querySelector("dialog")?.innerText.includes("its clients lose their connections")`)
	x.click(t, "dialog .no")
	x.wait(t, "nothing was saved", `!document.querySelector("dialog")`)
	if set, _, _ := store.Load(); set["robot.address"] != "" {
		t.Error("the address is set though the answer was no")
	}
	x.click(t, "#save button")
	x.wait(t, "it asks again", `!!document.querySelector("dialog")`)
	x.click(t, "dialog .yes")
	x.wait(t, "it is saved", says("save-state", "Saved."))
	if set, _, _ := store.Load(); set["robot.address"] != "ws://127.61.7.2:8080/ws" || !set.IsPassword(password) {
		t.Errorf("the settings are %v", set)
	}
	x.navigate(t, "http://"+b.page+"/")
	x.wait(t, "the relay has joined the robot", goodLinks+` === 5 && document.getElementById("not-set").hidden`)
}

// Errors stand beside their fields, and nothing of the form is lost.
func TestSettingsErrors(t *testing.T) {
	b, store := newSettingsBox(t, nil)
	x := b.open(t)
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the form is there", settingsShown(true))
	x.fillIn(t, "#robot-address", "http://192.0.2.1:8080")
	x.fillIn(t, "#access-max-clients", "1001")
	x.click(t, "#save button")
	x.wait(t, "it asks", `!!document.querySelector("dialog")`)
	x.click(t, "dialog .yes")
	x.wait(t, "both errors are told", says("robot-address-error", "ws://")+` && `+says("access-max-clients-error", "between 1 and 1000")+` && document.activeElement.id === "robot-address" && document.activeElement.getAttribute("aria-invalid") === "true"`)
	x.wait(t, "and that nothing is saved", says("save-state", "Nothing was saved"))
	if text := eval[string](t, x, `document.getElementById("access-max-clients").value`); text != "1001" {
		t.Errorf("the form was emptied, %q", text)
	}
	if set, _, _ := store.Load(); len(set) > 0 {
		t.Errorf("the settings are %v", set)
	}
	x.fillIn(t, "#robot-address", "ws://192.0.2.1:8080/ws")
	x.fillIn(t, "#access-max-clients", "3")
	x.click(t, "#save button")
	x.wait(t, "it asks", `!!document.querySelector("dialog")`)
	x.click(t, "dialog .yes")
	x.wait(t, "it is saved", says("save-state", "Saved.")+` && !document.querySelector("[aria-invalid]")`)
}

// Long after power-on nobody changes anything without the password; with it, the
// console on the state's page asks for it where it is needed.
func TestPasswordOnThePage(t *testing.T) {
	switchedOn(t, 3600)
	b, store := newSettingsBox(t, settings.Values{"access.console": "true"})
	x := b.open(t)
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "a box without a password is closed", settingsShown(false)+` && `+says("may", "switch the box off and on")+` && document.getElementById("save").hidden && document.getElementById("reset").disabled`)
	if err := store.Save(settings.Values{"access.console": "true", "page.password": password}); err != nil {
		t.Fatal(err)
	}
	x.wait(t, "it asks for the password", says("may", "Log in to change them")+` && !document.getElementById("door").hidden`)
	x.fillIn(t, "#password", "wrong one\r")
	x.wait(t, "a wrong one is refused", says("login-error", "not the password"))

	x.navigate(t, "http://"+b.page+"/")
	x.wait(t, "the console is there", `!!document.querySelector("[data-action=positions]")`)
	x.click(t, "[data-action=positions]")
	x.wait(t, "it asks for the password", `document.querySelector("dialog")?.innerText.includes("needs the password")`)
	for range 3 { // the wrong attempt before slows this one
		x.fillIn(t, "dialog input", password+"\r")
		x.wait(t, "it answers", `!document.querySelector("dialog") || document.querySelector("dialog .error").textContent !== ""`)
		if eval[bool](t, x, `!document.querySelector("dialog")`) {
			break
		}
		eval[bool](t, x, `new Promise((done) => setTimeout(() => done(true), 1100))`)
	}
	x.wait(t, "the message is sent or refused for its own sake", `!document.querySelector("dialog") && !`+says("console-error", "password"))
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the login is the whole page's", settingsShown(true)+` && `+says("may", "You are logged in"))
	x.click(t, "#logout")
	x.wait(t, "it ends", settingsShown(false)+` && !document.getElementById("door").hidden`)
}

func TestFileAndReset(t *testing.T) {
	b, store := newSettingsBox(t, settings.Values{"box.name": "lab2", "page.password": password})
	x := b.open(t)
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the form is there", settingsShown(false))
	x.fillIn(t, "#password", password+"\r")
	x.wait(t, "logged in", settingsShown(true))
	file := filepath.Join(t.TempDir(), "rawtcpcom.toml")
	read := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(x.ctx, chromedp.SetUploadFiles(chromedp.CSS("#import"), []string{file})); err != nil {
			t.Fatal(err)
		}
	}
	read("[robot]\r\nadress = \"ws://192.0.2.1:8080/ws\"\r\n")
	x.wait(t, "the line is named", says("import-problems", "Line 2: robot.adress")+` && `+says("import-problems", "did you mean robot.address?"))
	read("[robot]\r\naddress = “ws://192.0.2.1:8080/ws”\r\n")
	x.wait(t, "it asks", `document.querySelector("dialog")?.innerText.includes("Address of the robot's router")`)
	x.click(t, "dialog .yes")
	x.wait(t, "it is in force", says("import-state", "in force")+` && document.getElementById("robot-address").value === "ws://192.0.2.1:8080/ws"`)
	if set, _, _ := store.Load(); set["box.name"] != "lab2" || !set.HasPassword() {
		t.Errorf("the settings are %v", set)
	}

	x.click(t, "#reset")
	x.wait(t, "it asks", `document.querySelector("dialog h2")?.textContent === "Forget all settings?"`)
	x.click(t, "dialog .yes")
	x.wait(t, "it asks once more", `document.querySelector("dialog h2")?.textContent === "Really forget them?"`)
	x.click(t, "dialog .yes")
	x.wait(t, "all is forgotten", says("reset-state", "forgotten")+` && document.getElementById("robot-address").value === "" && `+says("may", "No password is set"))
	if set, _, _ := store.Load(); len(set) > 0 {
		t.Errorf("the settings are %v", set)
	}
}

// A static address is saved; the page says where the box is then.
func TestAddressLeadsOn(t *testing.T) {
	b, _ := newSettingsBox(t, nil)
	x := b.open(t)
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the form is there", settingsShown(true))
	eval[bool](t, x, `(document.getElementById("network-mode").value = "static", true)`)
	x.fillIn(t, "#network-address", "192.0.2.7/24")
	x.click(t, "#save button")
	x.wait(t, "it asks", `document.querySelector("dialog")?.innerText.includes("another address")`)
	x.click(t, "dialog .yes")
	x.wait(t, "it leads on", says("moved", "http://192.0.2.7:")+` && `+says("moved", "within 90 seconds")+` && document.querySelector("#moved a").href.startsWith("http://192.0.2.7:")`)
}

func TestSettingsOnAPhoneAndByKeyboard(t *testing.T) {
	b, store := newSettingsBox(t, settings.Values{"robot.auth-id": "box", "robot.auth-secret": "hush hush"})
	x := b.open(t)
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the form is there", settingsShown(true))
	for _, width := range []int64{320, 390, 768, 1200} {
		if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(width, 800)); err != nil {
			t.Fatal(err)
		}
		x.wait(t, fmt.Sprintf("nothing sticks out at %d pixels", width), `[...document.querySelectorAll("body, section, fieldset, .field")].every((e) => e.scrollWidth <= e.clientWidth + 1)`)
	}
	// Every control has a name, for who hears the page.
	if nameless := eval[string](t, x, `[...document.querySelectorAll("input, select, textarea, button")].filter((e) => !(e.labels?.length || e.textContent.trim() || e.ariaLabel)).map((e) => e.id).join(" ")`); nameless != "" {
		t.Errorf("without a label: %s", nameless)
	}
	if untold := eval[string](t, x, `[...document.querySelectorAll("[aria-describedby]")].filter((e) => e.getAttribute("aria-describedby").split(" ").some((id) => !document.getElementById(id))).map((e) => e.id).join(" ")`); untold != "" {
		t.Errorf("described by what is not there: %s", untold)
	}
	reached := map[string]bool{}
	for range 60 {
		x.keys(t, kb.Tab)
		at := eval[string](t, x, `document.activeElement.id || document.activeElement.textContent`)
		first := !reached[at] // Tab begins anew after the last one
		reached[at] = true
		if at == "box-name" && first {
			x.keys(t, "lab3")
		}
		if at == "Save" && first {
			x.keys(t, kb.Enter)
			x.wait(t, "it asks, and the keys are in it", `document.activeElement.closest("dialog") !== null`)
			x.keys(t, kb.Escape)
			x.wait(t, "Escape is no", `!document.querySelector("dialog")`)
			x.keys(t, kb.Enter)
			x.wait(t, "it asks again", `document.activeElement.closest("dialog") !== null`)
			for range 3 {
				if eval[string](t, x, `document.activeElement.className`) == "yes" {
					break
				}
				x.keys(t, kb.Tab)
			}
			x.keys(t, kb.Enter)
			x.wait(t, "it is saved", says("save-state", "Saved.")+` && document.activeElement.textContent === "Save"`)
		}
	}
	for _, want := range []string{"search", "robot-address", "robot-software", "robot-auth-secret", "robot-ca", "access-console", "lamps-wamp", "Save", "password-new", "export", "import", "reset"} {
		if !reached[want] {
			t.Errorf("Tab does not reach %s, only %v", want, reached)
		}
	}
	if set, _, _ := store.Load(); set["box.name"] != "lab3" || set["robot.auth-secret"] != "hush hush" {
		t.Errorf("the settings are %v", set)
	}
}

// TestScreenshotsOfSettings makes pictures to look at, as TestScreenshots does.
func TestScreenshotsOfSettings(t *testing.T) {
	if *screenshots == "" {
		return // nobody asked
	}
	startRobot(t, "127.61.7.2:8080")
	b, store := newSettingsBox(t, settings.Values{"robot.auth-id": "box", "robot.auth-secret": "hush hush"})
	x := b.open(t)
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the form is there", settingsShown(true))
	x.click(t, "#search")
	x.wait(t, "the robot is found", `document.querySelectorAll("#found li").length === 1`)
	x.fillIn(t, "#access-max-clients", "1001")
	x.click(t, "#save button")
	x.wait(t, "it asks", `!!document.querySelector("dialog")`)
	x.picture(t, "settings-ask-desktop", 1200, 900, false)
	x.picture(t, "settings-ask-phone", 390, 800, true)
	x.click(t, "dialog .yes")
	x.wait(t, "it is refused", says("save-state", "Nothing was saved"))
	for _, p := range []struct {
		name          string
		width, height int64
		dark          bool
	}{{"desktop-light", 1200, 4600, false}, {"desktop-dark", 1200, 4600, true}, {"phone-light", 390, 6400, false}, {"phone-dark", 390, 6400, true}} {
		x.picture(t, "settings-"+p.name, p.width, p.height, p.dark)
	}
	if err := store.Save(settings.Values{"page.password": password}); err != nil {
		t.Fatal(err)
	}
	x.navigate(t, "http://"+b.page+"/settings.html")
	x.wait(t, "the door is closed", settingsShown(false))
	x.picture(t, "settings-login-desktop", 1200, 900, false)
	x.picture(t, "settings-login-phone", 390, 900, true)
}
