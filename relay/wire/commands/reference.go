package commands

import (
	"fmt"
	"strings"
)

// DriverExamples are a line for each command and meta command of the driver, as a
// client sends it.
func DriverExamples() (lines []string) {
	for _, c := range DriverCommands {
		lines = append(lines, line("command", c.Example))
	}
	for _, c := range DriverMeta {
		if c.Example != "" {
			lines = append(lines, line("meta", c.Example))
		}
	}
	return lines
}

func line(typ, message string) string {
	return `{"topic": "driver", "type": "` + typ + `", "data": {"name": "` + Board + `", "message": ` + message + `}}`
}

// OToneExamples are a line for each verb of otone that works.
func OToneExamples() (lines []string) {
	for _, v := range OToneVerbs {
		if v.Example != "" {
			lines = append(lines, v.Example)
		}
	}
	return lines
}

// DriverReference is what the document says of the driver's commands.
func DriverReference() string {
	var b strings.Builder
	b.WriteString("| command | G-code | parameters | what it does | what follows | obeyed |\n|---|---|---|---|---|---|\n")
	for _, c := range DriverCommands {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s |\n", c.Name, code(c.Code), c.parameters(), c.Does, c.Answer, c.Obeyed)
	}
	b.WriteString("\n| meta command | what it does | what follows |\n|---|---|---|\n")
	for _, c := range DriverMeta {
		if !c.Breaks {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, c.Does, c.Answer)
		}
	}
	return b.String() + examples(DriverExamples())
}

// code is G-code for a table, where nothing cannot stand between back quotes.
func code(code string) string {
	if code == "" {
		return " "
	}
	return code
}

func (c *Command) parameters() string {
	var keys []string
	for _, a := range c.Arguments {
		if a.Key != "" {
			keys = append(keys, "`"+a.Key+"`")
		}
	}
	if len(keys) == 0 {
		return "none"
	}
	return strings.Join(keys, " ") + ": " + c.Unit
}

// OToneReference is what the document says of otone's verbs.
func OToneReference() string {
	var b, fail strings.Builder
	b.WriteString("| type | data | what it does | what follows | obeyed |\n|---|---|---|---|---|\n")
	for _, v := range OToneVerbs {
		if v.Fails != "" {
			fmt.Fprintf(&fail, "| `%s` | %s |\n", v.Name, v.Fails)
			continue
		}
		data := v.Data
		if data == "" {
			data = "none"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", v.Name, data, v.Does, v.Answer, v.Obeyed)
	}
	return b.String() + "\n| type that never works | why |\n|---|---|\n" + fail.String() + examples(OToneExamples())
}

func examples(lines []string) string {
	return "\nA line for each:\n\n```\n" + strings.Join(lines, "\n") + "\n```\n"
}
