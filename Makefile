# SPDX-License-Identifier: GPL-3.0-or-later
#
# `make help` lists the targets and the variables.

.DEFAULT_GOAL := all

VERSION := 0.1.0

PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
MANDIR  ?= $(PREFIX)/share/man
DESTDIR ?=
DISTDIR ?= .
archive := $(DISTDIR)/serialtun-$(VERSION).tar.gz
PORT_GROUP ?= dialout

# Below /usr the system's own directories; elsewhere directories that the system
# searches, too.
system_dir = $(or $(if $(filter /usr,$(PREFIX)),$(shell \
	$(PKG_CONFIG) --variable=$(1) $(2) 2>/dev/null)),$(3))
UNITDIR       ?= $(call system_dir,systemdsystemunitdir,systemd,$\
	$(PREFIX)/lib/systemd/system)
EXAMPLEDIR    ?= $(PREFIX)/share/doc/serialtun/examples
UDEVDIR       ?= $(call system_dir,udevdir,udev,$(PREFIX)/lib/udev)
COMPLETIONDIR ?= $(call system_dir,completionsdir,bash-completion,$\
	$(PREFIX)/share/bash-completion/completions)

# The flags below are for gcc, not for make's default, cc.
ifeq ($(origin CC),default)
CC         := gcc
endif
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
BUILD      ?= build$(if $(SANITIZE),/sanitize)

# The build depends neither on its directory nor on the order of files in the
# file system.
debug_prefix := -fdebug-prefix-map='$(CURDIR)'=.

# The rooms of src cost calls that only the linker can save: 7 % of the work that
# a packet makes. Objects are fat, because tests are linked without this.
ifeq ($(SANITIZE)$(findstring --coverage,$(CFLAGS))$(findstring gcc,$(CC)),gcc)
lto        := -flto=auto -ffat-lto-objects
lto_ld     := -flto=auto
no_lto_ld  := -fno-lto
endif

# The flags that the code needs; the user's flags follow and take precedence.
std_cflags := -std=c11 -D_GNU_SOURCE -DSERIALTUN_VERSION='"$(VERSION)"'
warnings   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wconversion -Wpointer-arith -Wundef -Wvla -Wcast-qual \
	-Wwrite-strings $(if $(WERROR),-Werror)
hardening  := -fstack-protector-strong -fPIE
hardening_ld := -pie -Wl,-z,relro,-z,now
ifdef SANITIZE
# "undefined" does not contain float-cast-overflow.
sanitize   := -fsanitize=address,undefined,float-cast-overflow \
	-fno-sanitize-recover=undefined,float-cast-overflow \
	-fno-omit-frame-pointer $(if $(FUZZ),-fsanitize=fuzzer-no-link)
else
hardening  += -D_FORTIFY_SOURCE=2
endif

# --share needs libnftnl; the rest of the program works without it.
ifeq ($(origin NFTNL),undefined)
NFTNL := $(shell $(PKG_CONFIG) --exists libnftnl && echo yes || echo no)
endif

# The same holds for libzstd and --pair=zstd.
ifeq ($(origin ZSTD),undefined)
ZSTD := $(shell $(PKG_CONFIG) --exists libzstd && echo yes || echo no)
endif

# Search for libraries only if there is something to build.
lib_names   := libmnl libserialport $(if $(filter yes,$(NFTNL)),libnftnl) \
	$(if $(filter yes,$(ZSTD)),libzstd)
lib_cflags   = $(shell $(PKG_CONFIG) --cflags $(lib_names)) \
	$(if $(filter yes,$(NFTNL)),-DSERIALTUN_NFTNL) \
	$(if $(filter yes,$(ZSTD)),-DSERIALTUN_ZSTD)
lib_libs     = $(shell $(PKG_CONFIG) --libs $(lib_names))
build_cflags = $(std_cflags) $(warnings) $(hardening) $(sanitize) \
	$(debug_prefix) $(lib_cflags) $(CPPFLAGS) $(CFLAGS)
build_ldflags = $(hardening_ld) $(sanitize) $(no_lto_ld) $(LDFLAGS)

rooms := broker bundle cli framing interface line login packet pair port pump report
sources := $(sort $(wildcard src/*.c $(rooms:%=src/%/*.c)))
objects := $(sources:%.c=$(BUILD)/%.o)
modules := $(filter-out $(BUILD)/src/main.o,$(objects))
headers := $(wildcard src/*.h $(rooms:%=src/%/*.h))

unit_tests := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*_test.c \
	tests/unit/*/*_test.c))
script_tests := $(wildcard tests/cable/*_test.sh tests/end_to_end/*_test.sh \
	tests/tap/*_test.sh tests/tree/*_test.sh)
# A program that counts its lines writes files, so its filter lets files pass.
ifneq ($(findstring --coverage,$(CFLAGS)),)
script_tests := $(filter-out %/cell_test.sh,$(script_tests))
endif
fuzzers := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*_fuzz.c))
cable := $(BUILD)/tests/cable/cable
pair_sim := $(BUILD)/tests/pair/pair_sim
keeper_driver := $(BUILD)/tests/end_to_end/keeper_driver
attacked := $(BUILD)/tests/end_to_end/attacked
slhc := $(BUILD)/tests/vm/slhc

# Otherwise make would remove these objects after linking, and list them all.
.SECONDARY: $(unit_tests:%=%.o) $(fuzzers:%=%.o) $(cable).o \
	$(BUILD)/tests/fuzz/replay.o

peer_tests := $(wildcard tests/peers/*_test.sh)

shell_files := $(wildcard tests/*/*.sh scripts/*) .ci/run \
	tests/coverage tests/fuzz/run tests/peers/make-board tests/tap/count \
	tests/tap/keep tests/tap/prove tests/vm/run \
	tests/tree/arrows tests/vm/load tests/vm/socket_guest tests/vm/test \
	tests/unit/login/record \
	src/completion/serialtun $(wildcard src/debian/serialtun.p*)
manuals := $(wildcard src/man/*.[78])
c_files := $(wildcard src/*.[ch] src/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

.PHONY: all
all: $(BUILD)/serialtun ## the program

$(BUILD)/serialtun: $(objects)
	$(call say,LINK,$@)
	$(Q)$(CC) $(lto_ld) $(debug_prefix) $(CFLAGS) $(filter-out $(no_lto_ld),$(build_ldflags)) \
		-o $@ $^ $(lib_libs) $(LDLIBS)

$(BUILD)/src/%.o: std_cflags += $(lto)

$(BUILD)/%.o: %.c | $(BUILD)/.libraries
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(build_cflags) -Isrc -MMD -MP -c -o $@ $<

$(BUILD)/src/bundle/bundle.o: \
	std_cflags += -DSERIALTUN_LIBDIR='"$(LIBDIR)"'

# Compile again what depends on libnftnl, if it came or went.
nftnl_stamp := $(BUILD)/.nftnl-is-$(NFTNL)
$(patsubst %,$(BUILD)/src/interface/%.o,nat nft nft_rule rival): $(nftnl_stamp)

$(nftnl_stamp): | $(BUILD)/.libraries
	$(Q)rm -f $(BUILD)/.nftnl-is-*
	$(Q)[ '$(NFTNL)' = yes ] || echo 'no libnftnl: --share is left out' \
		'(Debian, Ubuntu: libnftnl-dev)' >&2
	$(Q)touch $@

# The same for libzstd.
zstd_stamp := $(BUILD)/.zstd-is-$(ZSTD)
$(BUILD)/src/pair/squeeze.o $(BUILD)/src/pair/squeeze_none.o: $(zstd_stamp)

$(zstd_stamp): | $(BUILD)/.libraries
	$(Q)rm -f $(BUILD)/.zstd-is-*
	$(Q)[ '$(ZSTD)' = yes ] || echo 'no libzstd: --pair=zstd is left out' \
		'(Debian, Ubuntu: libzstd-dev)' >&2
	$(Q)touch $@

# Name the missing library, once, instead of a page of compiler errors.
$(BUILD)/.libraries:
	$(Q)mkdir -p $(@D)
	$(Q)$(PKG_CONFIG) --print-errors --exists $(lib_names) || { \
		echo 'Missing libraries: sudo scripts/install-deps' >&2; \
		echo '(Debian, Ubuntu: libmnl-dev libserialport-dev)' >&2; \
		exit 1; }
	$(Q)touch $@

$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(modules)
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) -o $@ $^ $(lib_libs) -lcmocka $(LDLIBS)

# Link with libFuzzer's main(), or with one that only replays the corpus.
fuzz_main := $(if $(FUZZ),-fsanitize=fuzzer,$(BUILD)/tests/fuzz/replay.o)

$(BUILD)/tests/fuzz/%_fuzz: $(BUILD)/tests/fuzz/%_fuzz.o $(modules) \
		$(if $(FUZZ),,$(fuzz_main))
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) $(fuzz_wraps) -o $@ $(filter-out \
		$(fuzz_main),$^) $(fuzz_main) $(lib_libs) -lcmocka $(LDLIBS)

$(BUILD)/tests/fuzz/options_fuzz: \
	fuzz_wraps := -Wl,--wrap=argp_parse,--wrap=argp_error

$(cable): $(BUILD)/tests/cable/cable.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) -o $@ $^ -lm $(LDLIBS)

$(pair_sim): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/pair/*.c)) $(modules)
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) -o $@ $^ $(lib_libs) -lcmocka -lm $(LDLIBS)

$(keeper_driver): $(BUILD)/tests/end_to_end/keeper_driver.o $(modules)
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) -o $@ $^ $(lib_libs) $(LDLIBS)

# The program, but what comes from the line is looked at by an attacker.
$(attacked): $(BUILD)/tests/end_to_end/attacker.o $(objects)
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) -Wl,--wrap=packet_check -o $@ $^ \
		$(lib_libs) $(LDLIBS)

$(slhc): $(BUILD)/tests/vm/slhc.o $(modules)
	$(call say,LINK,$@)
	$(Q)$(CC) $(build_ldflags) -o $@ $^ $(lib_libs) -lcmocka $(LDLIBS)

-include $(wildcard $(BUILD)/src/*.d $(BUILD)/src/*/*.d \
	$(BUILD)/tests/*/*.d $(BUILD)/tests/unit/*/*.d)

.PHONY: cable
cable: $(cable) ## the emulated null-modem cable, build/tests/cable/cable

.PHONY: test-programs
test-programs: all cable $(unit_tests) $(fuzzers) $(pair_sim) $(keeper_driver) \
	$(attacked)

# What runs in the virtual machine.
.PHONY: vm-programs
vm-programs: all $(slhc)

# Run several tests at once, because most of them wait for a slow wire.
.PHONY: check
check: test-programs ## build and run all tests (SANITIZE=1: under sanitizers)
	$(Q)BUILD=$(BUILD) CMOCKA_MESSAGE_OUTPUT=TAP tests/tap/prove --timer \
		--jobs 8 --exec tests/tap/keep -- $(unit_tests) $(fuzzers) \
		$(pair_sim) $(script_tests)

# Run this many seeds of each scenario, ten at a time.
pair_runs = $(Q)seq 1 10 $(1) | xargs -P "$$(nproc)" -I FROM sh -c \
	'$(pair_sim) -q -s FROM-$$((FROM + 9))' && \
	echo 'pairing: $(1) seeds of each scenario, and all held'

.PHONY: check-pair
check-pair: $(pair_sim) ## simulate two ends that pair, 100 times a scenario
	$(call pair_runs,100)

.PHONY: pair-soak
pair-soak: $(pair_sim) ## the same, 4000 times a scenario: about two hours
	$(call pair_runs,4000)

# The board is not under test, so it does not depend on serialtun's flags.
.PHONY: check-peers
check-peers: all cable ## run the tests against SLIP programs of others
	$(Q)tests/peers/make-board $(BUILD)/tests/peers
	$(Q)BUILD=$(BUILD) tests/tap/prove --timer \
		--exec tests/tap/keep -- $(peer_tests)

SOAK_SECONDS ?= 120
SOAK_RESTARTS ?= 30

.PHONY: soak soak-faults soak-captures soak-restarts
soak: soak-faults soak-captures soak-restarts ## faults, noise, restarts, one after the other (or -j3)

soak-faults: all cable
	$(Q)BUILD=$(BUILD) scripts/soak $(SOAK_SECONDS)

soak-captures: all cable
	$(Q)BUILD=$(BUILD) CAPTURE_S=$(SOAK_SECONDS) \
		tests/end_to_end/pair_capture_test.sh

soak-restarts: all cable
	$(Q)BUILD=$(BUILD) RESTARTS=$(SOAK_RESTARTS) \
		tests/end_to_end/speed_restart_test.sh

.PHONY: check-vm
check-vm: ## the tests on real serial drivers, in a virtual machine; as root
	$(Q)scripts/vm-check

# Tests of calls that qemu-user lacks: termios2, the error queue, the unsent
# bytes and the descriptors of a socket, and seccomp.
not_emulated := $(addprefix $(BUILD)/tests/,unit/line/listener_test \
	unit/line/pty_make_test unit/line/std_fds_test unit/line/udp_test \
	unit/port/stream_test unit/seccomp_test fuzz/udp_fuzz)

# RUN names a program that runs the tests, such as an emulator.
.PHONY: check-unit
check-unit: $(unit_tests) $(fuzzers) ## build and run the unit tests alone
	$(Q)CMOCKA_MESSAGE_OUTPUT=TAP tests/tap/prove --jobs 4 \
		--exec 'tests/tap/keep $(RUN)' -- \
		$(if $(findstring qemu,$(RUN)),$(filter-out \
			$(not_emulated),$^),$^)

# valgrind warns of each unknown ioctl, unless told to be lax; it still checks
# the known ones.
valgrind := valgrind --quiet --leak-check=full --error-exitcode=99 \
	--suppressions=tests/unit/valgrind.supp \
	--sim-hints=lax-ioctls

.PHONY: valgrind
valgrind: $(unit_tests) ## run the unit tests under valgrind
	$(Q)CMOCKA_MESSAGE_OUTPUT=TAP tests/tap/prove --timer --jobs 4 \
		--exec 'tests/tap/keep $(valgrind)' -- $(unit_tests)

# Without optimisation, because gcov would miss lines that did run. Make the
# files of counters beforehand, for all users, because some tests end as nobody.
coverage_make = $(MAKE) --no-print-directory BUILD=build/coverage \
	CFLAGS='-O0 -g --coverage -U_FORTIFY_SOURCE -DSERIALTUN_COVERAGE' \
	LDFLAGS=--coverage

.PHONY: coverage
coverage: ## run the tests, and print how much of each file they ran
	$(Q)$(coverage_make) test-programs
	$(Q)find build/coverage -name '*.gcda' -delete
	$(Q)build/coverage/serialtun --version >/dev/null
	$(Q)find build/coverage/src -name '*.gcda' -exec chmod a+w {} +
	$(Q)NOISE_SECONDS=$${NOISE_SECONDS:-10} $(coverage_make) check; \
		status=$$?; tests/coverage build/coverage; exit $$status

# Run each fuzzer for FUZZ_SECONDS, two at a time; build/fuzz keeps their finds.
FUZZ_SECONDS ?= 20
FUZZERS ?= $(notdir $(fuzzers:_fuzz=))

.PHONY: fuzz
fuzz: ## run the fuzzers (clang), FUZZ_SECONDS each, or the FUZZERS named
	$(Q)$(MAKE) --no-print-directory CC=clang BUILD=build/fuzz SANITIZE=1 \
		FUZZ=1 $(FUZZERS:%=build/fuzz/tests/fuzz/%_fuzz)
	$(Q)printf '%s\n' $(FUZZERS) | FUZZ_SECONDS=$(FUZZ_SECONDS) \
		xargs -P 2 -n 1 tests/fuzz/run

.PHONY: fuzz-soak
fuzz-soak: ## the same for ten minutes each: about two hours
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=600

# The inputs of the tree, and those that "make fuzz" has added. The objects are
# those of "make coverage", which counts anew.
.PHONY: fuzz-coverage
fuzz-coverage: ## print how much of each file the inputs of the fuzzers run
	$(Q)$(coverage_make) all \
		$(FUZZERS:%=build/coverage/tests/fuzz/%_fuzz)
	$(Q)find build/coverage -name '*.gcda' -delete
	$(Q)for name in $(FUZZERS); do \
		find tests/fuzz/corpus/$$name $(wildcard build/fuzz/corpus) \
			-type f -path "*/$$name/*" -print0 | \
			xargs -0 build/coverage/tests/fuzz/$${name}_fuzz \
			>build/coverage/fuzz.log 2>&1 || { \
			tail -n 20 build/coverage/fuzz.log; exit 1; }; done
	$(Q)tests/coverage build/coverage

# Other versions format differently, and have other checks.
pinned = $(findstring version 14.,$(shell clang-format --version))
lint_files := $(filter-out tests/vm/% tests/peers/%,$(filter %.c,$(c_files)))

# mdoc's Nd, one of RFC 8290's authors, CapInh in /proc, ECT of RFC 3168,
# ttyTHS, "wont" of the search for the speed.
no_typos := nd,taht,inh,ect,ths,wont

tidied := $(lint_files:%.c=$(BUILD)/tidied/%)

# Leave out clang-tidy's count of suppressed warnings.
$(tidied): $(BUILD)/tidied/%: %.c $(filter %.h,$(c_files)) .clang-tidy
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(std_cflags) $(lib_cflags) -Isrc \
		-DSERIALTUN_LIBDIR='""' \
		2>$@.log; status=$$?; \
		grep -v '^[0-9].* generated\.$$' $@.log >&2; exit $$status
	$(Q)touch $@

.PHONY: lint
lint: ## run all checkers on the sources
	$(Q)tests/tree/arrows
	$(Q)$(if $(pinned),clang-format --dry-run --Werror $(c_files))
	$(Q)for h in $(headers); do $(CC) $(build_cflags) -Werror -Isrc \
		-fsyntax-only -x c $$h || exit 1; done
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability \
		-DSERIALTUN_VERSION='""' -DSERIALTUN_LIBDIR='""' -Isrc src tests
	$(Q)$(if $(pinned),$(MAKE) -s --no-print-directory -j "$$(nproc)" $(tidied))
	$(Q)shellcheck $(shell_files)
	$(Q)mandoc -T lint -W warning src/man/*.[78]
	$(Q)codespell -L $(no_typos) --skip 'tests/fuzz/corpus' src tests scripts \
		README.md Makefile

.PHONY: format
format: ## format the sources with clang-format
	$(Q)clang-format -i $(c_files)

installed = '$(DESTDIR)$(BINDIR)/serialtun' \
	$(foreach page,$(notdir $(manuals)),\
		'$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(page)') \
	'$(DESTDIR)$(COMPLETIONDIR)/serialtun' \
	'$(DESTDIR)$(UNITDIR)/serialtun@.service' \
	'$(DESTDIR)$(UDEVDIR)/rules.d/70-serialtun.rules' \
	'$(DESTDIR)$(EXAMPLEDIR)/share.conf'

.PHONY: install
install: all ## install the program, its manuals and units (PREFIX, DESTDIR)
	install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(MANDIR)/man7' \
		'$(DESTDIR)$(MANDIR)/man8' \
		'$(DESTDIR)$(COMPLETIONDIR)' '$(DESTDIR)$(UNITDIR)' \
		'$(DESTDIR)$(UDEVDIR)/rules.d' '$(DESTDIR)$(EXAMPLEDIR)'
	install -m 755 $(BUILD)/serialtun '$(DESTDIR)$(BINDIR)/serialtun'
	install -m 644 $(filter %.7,$(manuals)) '$(DESTDIR)$(MANDIR)/man7'
	install -m 644 $(filter %.8,$(manuals)) '$(DESTDIR)$(MANDIR)/man8'
	install -m 644 src/completion/serialtun \
		'$(DESTDIR)$(COMPLETIONDIR)/serialtun'
	sed 's|@BINDIR@|$(BINDIR)|; s|@PORT_GROUP@|$(PORT_GROUP)|' src/systemd/serialtun@.service.in | \
		install -m 644 /dev/stdin \
		'$(DESTDIR)$(UNITDIR)/serialtun@.service'
	install -m 644 src/systemd/70-serialtun.rules \
		'$(DESTDIR)$(UDEVDIR)/rules.d/70-serialtun.rules'
	install -m 644 src/systemd/share.conf \
		'$(DESTDIR)$(EXAMPLEDIR)/share.conf'

.PHONY: uninstall
uninstall: ## remove the installed files
	rm -f $(installed)

boards_dir = $(DESTDIR)$(LIBDIR)/serialtun/boards

.PHONY: boards
boards: ## what --login brings to boards of other kinds, in build/boards
	$(Q)scripts/boards

.PHONY: install-boards
install-boards: ## install build/boards below LIBDIR
	$(Q)[ -d build/boards ] || { echo 'make install-boards: there is' \
		'nothing to install (first: make boards)' >&2; exit 1; }
	for kind in $$(cd build/boards && echo *); do \
		install -d "$(boards_dir)/$$kind" && \
		install -m 644 build/boards/$$kind/* "$(boards_dir)/$$kind" || \
		exit 1; done

.PHONY: uninstall-boards
uninstall-boards: ## remove these
	rm -rf '$(boards_dir)'
	-rmdir '$(DESTDIR)$(LIBDIR)/serialtun'

# git refuses to work as root in another user's tree.
git := git -c safe.directory='$(CURDIR)'

.PHONY: dist
dist: ## a source archive of the last commit, serialtun-VERSION.tar.gz
	$(Q)[ -e .git ] || { echo 'make dist: only in a clone of the repository,' \
		'which this is not' >&2; exit 1; }
	$(Q)[ -z "$$($(git) status --porcelain)" ] || \
		echo 'make dist: leaving out uncommitted changes' >&2
	$(call say,DIST,$(archive))
	$(Q)$(git) archive --prefix=serialtun-$(VERSION)/ -o '$(archive)' HEAD

.PHONY: package
package: ## Debian packages, source and binary, in build/package
	$(Q)scripts/package

.PHONY: cross
cross: ## build for ARM, 32 and 64 bit, and i386, and run the unit tests
	$(Q)scripts/cross armhf check-unit
	$(Q)scripts/cross arm64 check-unit
	$(Q)scripts/cross i386 check-unit

.PHONY: check-release
check-release: ## test the archive, the packages, other compilers and machines
	$(Q)scripts/check-release

# For scripts.
.PHONY: version
version:
	@echo $(VERSION)

.PHONY: clean
clean: ## remove the build directory
	rm -rf build $(BUILD)

.PHONY: help
help: ## this text
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 16
	@echo 'Variables (make NAME=VALUE, or from the environment):'
	@echo '  PREFIX      where to install, default /usr/local'
	@echo '  BINDIR      default PREFIX/bin'
	@echo '  LIBDIR      default PREFIX/lib'
	@echo '  MANDIR      default PREFIX/share/man'
	@echo '  UNITDIR UDEVDIR COMPLETIONDIR   systemd units, udev, bash'
	@echo '              completion; default: the directories of pkg-config'
	@echo '              if PREFIX is /usr, else PREFIX/lib/systemd/system,'
	@echo '              PREFIX/lib/udev, PREFIX/share/bash-completion/...'
	@echo '  EXAMPLEDIR  default PREFIX/share/doc/serialtun/examples'
	@echo '  DESTDIR     put in front of these, for packagers'
	@echo '  DISTDIR     where "make dist" puts the archive, default here'
	@echo '  PORT_GROUP  the group of serial ports, for the unit, default dialout'
	@echo '  CC CPPFLAGS CFLAGS LDFLAGS LDLIBS PKG_CONFIG   as usual'
	@echo '  NFTNL=no    build without libnftnl, which --share needs'
	@echo '  ZSTD=no     build without libzstd, which --pair=zstd needs'
	@echo '  RUN         program that runs the tests of "make check-unit"'
	@echo '  WERROR=1    warnings are errors'
	@echo '  SOAK_SECONDS   how long faults and noise last in "make soak", default 120'
	@echo '  SOAK_RESTARTS  restarts in "make soak", four seconds each, default 30'
	@echo '  SANITIZE=1  AddressSanitizer and UBSan, built in build/sanitize'
	@echo '  FUZZ_SECONDS=20   how long each fuzzer runs'
	@echo '  FUZZERS     which: $(notdir $(fuzzers:_fuzz=)); default: all'
	@echo '  V=1         show the commands'
