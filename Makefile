# orgexit. `make help` lists the targets. Every variant has a build folder of its own; a new source file needs no line here.
BUILD   ?= build
CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)

PKG := libcjson yaml-0.1 libpcre2-8 libcrypto
# Asked for only when something is compiled, so that `make deps` and `make help` work on a bare machine.
PKG_CFLAGS  = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKG) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS    = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKG)))$(PKG_LIBS)
CMOCKA_LIBS = $(eval CMOCKA_LIBS := $$(shell pkg-config --libs cmocka))$(CMOCKA_LIBS)

OURS := -std=c11 -D_XOPEN_SOURCE=700 -DPCRE2_CODE_UNIT_WIDTH=8 -Isrc -I$(BUILD)/gen \
        -pthread -fvisibility=hidden -ffile-prefix-map=$(CURDIR)=. -MMD -MP
WARN := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wvla -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes \
        $(if $(CI),-Werror)
HARDEN      ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
LINK_HARDEN ?= -pie -Wl,-z,relro,-z,now

SRC     := $(sort $(wildcard src/*/*.c))
LIB_SRC := $(filter-out src/cli/%,$(SRC))
CLI_SRC := $(filter src/cli/%,$(SRC))
RULES   := $(sort $(filter-out %.test.yaml,$(wildcard rules/*.yaml)))
SCHEMAS := $(sort $(wildcard schemas/*.schema.json))
TABLES  := $(sort $(wildcard src/catalog/*.tsv))
GEN      = $(BUILD)/gen/rules_embedded.h $(BUILD)/gen/schemas_embedded.h $(BUILD)/gen/catalog_tables.h \
           $(BUILD)/gen/html_embedded.h
UNIT    := $(patsubst tests/unit/%_test.c,%,$(sort $(wildcard tests/unit/*_test.c)))
FUZZ    := $(patsubst tests/fuzz/%_fuzz.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

.PHONY: all deps build-deps data demo test check-tests test-web accept asan tidy format bench fuzz torture install clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/orgexit $(BUILD)/liborgexit.a ## build the program and the library

$(BUILD)/orgexit: $(call obj,$(CLI_SRC)) $(BUILD)/liborgexit.a
	$(CC) $(CFLAGS) $(LINK_HARDEN) $(LDFLAGS) -pthread -o $@ $^ $(PKG_LIBS)

$(BUILD)/liborgexit.a: $(call obj,$(LIB_SRC))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(OURS) $(PKG_CFLAGS) $(WARN) $(CFLAGS) $(HARDEN) $(CPPFLAGS) -c -o $@ $<

$(BUILD)/gen/rules_embedded.h: scripts/embed.sh $(RULES)
	@mkdir -p $(@D)
	sh scripts/embed.sh embedded_rules embedded_rule_count $(RULES) > $@.part && mv $@.part $@
$(call obj,src/rules/embedded.c): $(BUILD)/gen/rules_embedded.h

$(BUILD)/gen/schemas_embedded.h: scripts/embed.sh $(SCHEMAS)
	@mkdir -p $(@D)
	sh scripts/embed.sh embedded_schemas embedded_schema_count $(SCHEMAS) > $@.part && mv $@.part $@
$(call obj,src/cli/schema.c): $(BUILD)/gen/schemas_embedded.h

PAGE := src/report/html/page.css src/report/html/page.js
$(BUILD)/gen/html_embedded.h: scripts/embed.sh $(PAGE)
	@mkdir -p $(@D)
	sh scripts/embed.sh embedded_page embedded_page_count $(PAGE) > $@.part && mv $@.part $@
$(call obj,src/report/html_page.c): $(BUILD)/gen/html_embedded.h

$(BUILD)/gen/catalog_tables.h: scripts/embed-tables.sh $(TABLES)
	@mkdir -p $(@D)
	sh scripts/embed-tables.sh $(TABLES) > $@.part && mv $@.part $@
$(call obj,src/catalog/catalog.c): $(BUILD)/gen/catalog_tables.h

deps: ## install the libraries and tools that are missing
	@sh scripts/install-deps.sh

build-deps: ## install what building alone needs
	@sh scripts/install-deps.sh build

data: ## write the facts about AWS in src/catalog anew (npm and the network; the diff is the review)
	/usr/bin/python3 scripts/data.py

demo: deps ## build, and check the sample organization
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@$(BUILD)/orgexit check samples/acme --as-of 2026-11-20T12:00:00Z --table; test $$? -eq 1
	@echo; echo "One of them in full:"; echo
	@$(BUILD)/orgexit check samples/acme --as-of 2026-11-20T12:00:00Z --account 362774150928 --only-problems; test $$? -eq 1
	@echo; echo "(exit code 1: some accounts of the sample are not ready; samples/acme/README.md tells each one's story)"

# ---- tests: tests/run.sh runs them all and sums up ----
TEST_BINS := $(UNIT:%=$(BUILD)/tests/%_test) $(FUZZ:%=$(BUILD)/tests/%_replay)

$(BUILD)/tests/%_test: $(BUILD)/obj/tests/unit/%_test.o $(BUILD)/liborgexit.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LINK_HARDEN) $(LDFLAGS) -pthread -o $@ $^ $(PKG_LIBS) $(CMOCKA_LIBS)

$(BUILD)/tests/%_replay: tests/fuzz/%_fuzz.c $(BUILD)/liborgexit.a
	@mkdir -p $(@D)
	$(CC) $(OURS) $(PKG_CFLAGS) $(WARN) $(CFLAGS) $(HARDEN) -DREPLAY $(LINK_HARDEN) $(LDFLAGS) -o $@ $< $(BUILD)/liborgexit.a $(PKG_LIBS)

test: deps ## install what is missing, build, run every test
	@$(MAKE) --no-print-directory -j$(JOBS) all test-programs
	@BUILD=$(BUILD) CASE='$(CASE)' sh tests/run.sh

test-web: deps ## look at the html report with a browser: filters, printing, who cannot see or use a mouse
	@sh scripts/install-web-deps.sh
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@ORGEXIT=$(abspath $(BUILD))/orgexit /usr/bin/python3 tests/web.py

.PHONY: test-programs
test-programs: $(TEST_BINS)

accept: all ## write the expected output of golden cases (CASE=name: of one); read the diff before you commit it
	@BUILD=$(BUILD) CASE='$(CASE)' ACCEPT=1 sh tests/run.sh

asan: deps ## the same tests under ASan and UBSan
	@$(MAKE) test BUILD=build/asan HARDEN= LINK_HARDEN= \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"

FUZZ_SECONDS ?= 60
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
$(BUILD)/fuzz/%: tests/fuzz/%_fuzz.c $(LIB_SRC) $(GEN)
	@mkdir -p $(@D)
	clang $(filter-out -MMD -MP,$(OURS)) $(PKG_CFLAGS) $(FUZZ_FLAGS) -o $@ $< $(LIB_SRC) $(PKG_LIBS)

fuzz: $(FUZZ:%=$(BUILD)/fuzz/%) ## run each fuzz target for FUZZ_SECONDS (60) with clang's libFuzzer
	@for t in $(FUZZ); do mkdir -p $(BUILD)/fuzz/corpus/$$t && echo "== $$t" && \
	    $(BUILD)/fuzz/$$t -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    $(BUILD)/fuzz/corpus/$$t tests/fuzz/corpus/$$t 2>&1 | tail -n 8 || exit 1; done

TORTURE_CASES ?= 500000
torture: deps ## TORTURE_CASES (500000) random requests against a second, naive evaluator; IAM_SEED=... repeats one run
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@BUILD=$(BUILD) IAM_CASES=$(TORTURE_CASES) sh tests/scripts.d/iam.sh

tidy: deps ## static checks: clang-tidy, layout, the order of the floors, banned functions
	@$(MAKE) --no-print-directory -s $(GEN)
	@sh scripts/tidy.sh "$(OURS)" "$(PKG_CFLAGS)"

format: ## lay out all C files
	@for file in $(wildcard src/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/bench/*.[ch]); do \
		clang-format -i $$file || echo "$$file is left as it was: clang-format failed" >&2; done

bench: deps ## measure against stock cJSON, as ratios within one run
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@/usr/bin/python3 tests/bench/bench.py --build $(BUILD)
	@/usr/bin/python3 tests/bench/simulate.py --build $(BUILD)
	@/usr/bin/python3 tests/bench/lint.py --build $(BUILD)

VERSION  = $(shell sed -n 's/.*ORGEXIT_VERSION *"\(.*\)".*/\1/p' src/base/version.h)
DATE     = $(shell sed -n 's/.*ORGEXIT_DATE *"\(.*\)".*/\1/p' src/base/version.h)
COMMANDS = $(shell $(BUILD)/orgexit help | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p')
SHARE    = $(DESTDIR)$(PREFIX)/share
install: all ## install program, library, manual pages, completions, schemas and rules below PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include $(SHARE)/man/man1 $(SHARE)/man/man5 \
	    $(SHARE)/orgexit/schemas $(SHARE)/orgexit/rules $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	    $(SHARE)/fish/vendor_completions.d
	install -m 755 $(BUILD)/orgexit $(DESTDIR)$(PREFIX)/bin/orgexit
	install -m 644 $(BUILD)/liborgexit.a $(DESTDIR)$(PREFIX)/lib/
	install -m 644 src/orgexit.h $(DESTDIR)$(PREFIX)/include/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' packaging/orgexit.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/orgexit.pc
	install -m 644 docs/orgexit.1 $(SHARE)/man/man1/
	for c in $(COMMANDS); do $(BUILD)/orgexit help $$c --man > $(SHARE)/man/man1/orgexit-$$c.1 || exit 1; done
	for n in rules snapshot; do sh scripts/manual.sh $$n '$(DATE)' < docs/$$n.md > $(SHARE)/man/man5/orgexit-$$n.5 || exit 1; done
	$(BUILD)/orgexit completion bash > $(SHARE)/bash-completion/completions/orgexit
	$(BUILD)/orgexit completion zsh > $(SHARE)/zsh/site-functions/_orgexit
	$(BUILD)/orgexit completion fish > $(SHARE)/fish/vendor_completions.d/orgexit.fish
	install -m 644 schemas/*.json $(SHARE)/orgexit/schemas/
	install -m 644 rules/*.yaml $(SHARE)/orgexit/rules/

clean: ## remove what was built
	rm -rf build

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 12

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
