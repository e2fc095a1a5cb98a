/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Write the commands that are typed into a shell on a console, and read its
 * answers.
 *
 * A question finds out whether a shell is there at all: it wants "st1f3a42" and
 * is typed as "st1f3a$((6*7))", so that neither an echo nor a boot loader
 * answers right.
 *
 * Then one line starts the reader, a small shell that reads commands and
 * executes them. It has no prompt, no history, no line editor and no job
 * control, and turns the echo off. Whatever the user's own shell is, its
 * settings need not be changed, and at the end of the reader the terminal gets
 * its settings back. In a session that serialtun has logged in, the reader
 * replaces the user's shell, so that its end is the logout.
 *
 * A command follows its sum, and the reader executes it only if the sum is
 * right: a line that noise has damaged must not be executed by root. Before
 * each command the reader prints the sum of the last one, so that a repeated
 * command is not taken for the next. After 30 s without a command it ends,
 * because the other end may have been killed. Not each shell has a time limit
 * (read -t). There the terminal has one: read(2) returns 0 after VTIME if VMIN
 * is 0 (termios(3)).
 *
 * serialtun has no privilege at its end. So the line that starts it restores
 * the kernel's console log level behind it.
 *
 * Pure.
 */
#include "login/shell.h"

#include <stdio.h>
#include <string.h>

/**
 * shell_write_question() - write the line that only a shell answers
 * @line: filled in, without a carriage return
 * @mark: the mark
 */
void shell_write_question(char line[SHELL_LINE_MAX], const char *mark)
{
	snprintf(line, SHELL_LINE_MAX, " echo %s$((6*7))", mark);
}

/**
 * shell_is_answer() - does a line contain the answer of a shell?
 * @line: the line
 * @mark: the mark
 *
 * Return: true if it does
 */
bool shell_is_answer(const char *line, const char *mark)
{
	char wanted[SHELL_MARK_MAX + 4];

	snprintf(wanted, sizeof(wanted), "%s42", mark);
	return strstr(line, wanted);
}

/**
 * shell_write_reader() - write the line that starts the reader
 * @line:    filled in, without a carriage return
 * @mark:    the mark
 * @replace: the reader takes the place of the shell
 */
void shell_write_reader(char line[SHELL_LINE_MAX], const char *mark,
			bool replace)
{
	snprintf(line, SHELL_LINE_MAX,
		 " %ssh -c 'n=%s;t=;s=$(stty -g);"
		 "trap \"stty $s;rm -rf \\\"\\$t\\\"\" 0;trap exit 1 2 15;"
		 "stty -echo -icanon min 0 time 255;"
		 "T=-t30;read $T l 2>/dev/null </dev/null;[ $? = 2 ]&&T=;"
		 "for K in cksum sha256sum :;do command -v $K>/dev/null&&break;"
		 "done;while echo $n: $((6*7)) $K $k;read -r $T k l;do "
		 "set -- $(printf \"%%s\\n\" \"$l\"|$K);"
		 "if [ \"$k\" = \"${1:-0}\" ];then eval \"$l\";"
		 "else echo $n bad;fi;done'",
		 replace ? "exec " : "", mark);
}

/**
 * shell_read_ready() - read a line that may say that the reader is ready
 * @ready: filled in if it does
 * @line:  the line
 * @mark:  the mark
 *
 * Return: true if it does
 */
bool shell_read_ready(struct shell_ready *ready, const char *line,
		      const char *mark)
{
	char wanted[SHELL_MARK_MAX + 8];
	const char *program;
	size_t len;

	snprintf(wanted, sizeof(wanted), "%s: 42 ", mark);
	program = strstr(line, wanted);
	if (!program)
		return false;
	program += strlen(wanted);
	len = strcspn(program, " ");
	ready->kind = sum_find(program, len);
	snprintf(ready->sum, sizeof(ready->sum), "%s",
		 program + len + (program[len] == ' '));
	/* A damaged name of the program. */
	return ready->kind != SUM_NONE || (len == 1 && *program == ':');
}

/**
 * shell_is_refusal() - does a line say that the last command was damaged?
 * @line: the line
 * @mark: the mark
 *
 * Return: true if it does
 */
bool shell_is_refusal(const char *line, const char *mark)
{
	char wanted[SHELL_MARK_MAX + 8];

	snprintf(wanted, sizeof(wanted), "%s bad", mark);
	return strstr(line, wanted);
}

/**
 * shell_write_survey() - write the command that asks what is there
 * @line: filled in
 *
 * shell_read_fact() reads the answers. sudo may ask for the password each time.
 */
void shell_write_survey(char line[SHELL_LINE_MAX])
{
	snprintf(line, SHELL_LINE_MAX, "%s",
		 "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin;S=;"
		 "u=$(id -u);echo $n u=$u;echo $n m=$(uname -m);"
		 "[ \"$u\" = 0 ]||{ S=\"sudo -p $n-password:\";$S true&&"
		 "echo $n s=1||S=;};"
		 "[ -c /dev/net/tun ]||$S modprobe tun 2>/dev/null;"
		 "[ -c /dev/net/tun ]&&echo $n t=1;"
		 "p=$(command -v serialtun)&&echo $n p=$p&&"
		 "v=$($p --console --version 2>/dev/null)&&echo $n v=$v");
}

/**
 * shell_write_start() - write the command that starts serialtun there
 * @line: filled in
 *
 * Call it after the survey, which sets the variables. The shell that makes the
 * kernel as loud as before survives a hang-up of the terminal, which also ends
 * serialtun.
 */
void shell_write_start(char line[SHELL_LINE_MAX])
{
	snprintf(
		line, SHELL_LINE_MAX, "%s",
		"$S sh -c 'trap : 1 2 15;f=/proc/sys/kernel/printk;k=$(cat $f);"
		"(echo 1 >$f)2>/dev/null;\"$0\" --console;r=$?;"
		"[ \"$k\" ]&&(echo \"$k\" >$f)2>/dev/null;exit $r' $p;"
		"echo $n e=$?;exit");
}

/**
 * shell_write_tools() - write the command that asks what helps to bring a
 * program
 * @line: filled in
 */
void shell_write_tools(char line[SHELL_LINE_MAX])
{
	snprintf(line, SHELL_LINE_MAX, "%s",
		 "w=;[ \"$s\" ]&&w=,stty;"
		 "[ \"$(echo ab|head -c 1)\" = a ]&&w=$w,head;"
		 "for x in dd base64 openssl uudecode python3 perl printf tar "
		 "xzcat zcat;do command -v $x>/dev/null&&w=$w,$x;done;"
		 "echo $n w=$w,;echo $n g=$(ldd --version 2>&1|sed -n 1p);"
		 "echo $n l=$(echo /lib/ld-* /lib64/ld-*)");
}

/**
 * shell_write_place() - write the command that makes a directory for a program
 * @line: filled in
 *
 * Programs may run there, and there is room for a large bundle, or for a small
 * one. The reader removes the directory at its end.
 */
void shell_write_place(char line[SHELL_LINE_MAX])
{
	snprintf(line, SHELL_LINE_MAX, "%s",
		 "for r in 6000 1500;do "
		 "for x in /tmp /run /dev/shm /var/tmp /root;do "
		 "[ \"$t\" ]&&break;y=$x/$n.$$;"
		 "(umask 077;mkdir $y)2>/dev/null||continue;"
		 "f=$(df -Pk $y|sed -n \"2s/^[^ ]* *[0-9]* *[0-9]* "
		 "*\\([0-9]*\\).*/\\1/p\");"
		 "(echo \"#!/bin/sh\">$y/x;chmod 700 $y/x;$y/x)2>/dev/null&&"
		 "[ \"${f:-9999}\" -ge $r ]&&t=$y||rm -rf $y;done;done;"
		 "echo $n d=$t;echo $n r=$f");
}

/**
 * shell_write_method() - write the command that tells how chunks travel
 * @line:    filled in
 * @decoder: of encoding_decoder()
 */
void shell_write_method(char line[SHELL_LINE_MAX], const char *decoder)
{
	snprintf(line, SHELL_LINE_MAX, "g(){ %s;}", decoder);
}

/**
 * shell_write_loop() - write the command that reads chunks
 * @line: filled in
 *
 * If the other end was killed, half a chunk times out, and then the next
 * header: after 24 s in all the reader ends.
 */
void shell_write_loop(char line[SHELL_LINE_MAX])
{
	snprintf(
		line, SHELL_LINE_MAX, "%s",
		"q=$(stty -g);stty raw opost -echo min 0 time 120;T=${T:+-t12};"
		"echo $n go;while read -r $T h i j a b||exit;do case $h in "
		"$n)[ \"$i$a\" = \"$j$b\" ]&&{ echo $n s=$i $a.;"
		"g $a>\"$t/c$i\";"
		"echo $n c=$i $($K<\"$t/c$i\") ;};;$n.)break;;esac;done;"
		"stty $q");
}

/**
 * shell_is_in_loop() - does a line say that the board reads chunks?
 * @line: the line
 * @mark: the mark
 *
 * Return: true if it does
 */
bool shell_is_in_loop(const char *line, const char *mark)
{
	char wanted[SHELL_MARK_MAX + 8];

	snprintf(wanted, sizeof(wanted), "%s go", mark);
	return strstr(line, wanted);
}

/**
 * shell_write_unpack() - write the command that unpacks and tries serialtun
 * @line:     filled in
 * @unpacker: the program that unpacks: "xzcat", "zcat" or "cat"
 */
void shell_write_unpack(char line[SHELL_LINE_MAX], const char *unpacker)
{
	snprintf(
		line, SHELL_LINE_MAX,
		"cat $t/c*|%s|(cd $t&&tar xf -);rm -f $t/c*;p=$t/run;echo $n p=$p;"
		"v=$($p --console --version 2>&1)&&echo $n v=$v||"
		"echo $n x=$v",
		unpacker);
}

/**
 * shell_wants_password() - is this the question of sudo?
 * @line: the unfinished line
 * @mark: the mark
 *
 * Return: true if it is
 */
bool shell_wants_password(const char *line, const char *mark)
{
	char wanted[SHELL_MARK_MAX + 16];

	snprintf(wanted, sizeof(wanted), "%s-password:", mark);
	return strstr(line, wanted);
}

/**
 * shell_read_fact() - read a line that may be an answer to the survey
 * @facts: updated
 * @line:  the line
 * @mark:  the mark
 */
void shell_read_fact(struct shell_facts *facts, const char *line,
		     const char *mark)
{
	char wanted[SHELL_MARK_MAX + 4];
	const char *fact;
	char *to = NULL;

	snprintf(wanted, sizeof(wanted), "%s ", mark);
	fact = strstr(line, wanted);
	if (!fact)
		return;
	fact += strlen(wanted);
	if (!*fact || fact[1] != '=')
		return;
	switch (*fact) {
	case 'u':
		to = facts->user;
		facts->is_root |= !strcmp(fact, "u=0");
		break;
	case 'm':
		to = facts->machine;
		break;
	case 'p':
		to = facts->path;
		break;
	case 'v':
		to = facts->version;
		break;
	case 'e':
		to = facts->status;
		break;
	case 'w':
		to = facts->programs;
		break;
	case 'g':
		to = facts->libc;
		break;
	case 'l':
		to = facts->loaders;
		break;
	case 'd':
		to = facts->place;
		break;
	case 'r':
		to = facts->room;
		break;
	case 'x':
		to = facts->trouble;
		break;
	case 's':
		facts->is_root = true;
		break;
	case 't':
		facts->has_tun = true;
		break;
	default:
		break;
	}
	if (to)
		snprintf(to, SHELL_VALUE_MAX, "%s", fact + 2);
}
