//go:build race

package main_test

func init() { race = []string{"-race"} }
