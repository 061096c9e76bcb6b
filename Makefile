# orgexit. `make help` lists the targets. Every variant has a build folder of its own; a new source file needs no line here.
BUILD  ?= build
CC     ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
VERSION := 0.1.0

PKG := libcjson yaml-0.1 libpcre2-8
PKG_CFLAGS := $(shell pkg-config --cflags $(PKG) 2>/dev/null | sed 's/-I/-isystem /g')
PKG_LIBS   := $(shell pkg-config --libs $(PKG) 2>/dev/null)
CMOCKA_LIBS := $(shell pkg-config --libs cmocka 2>/dev/null)

OURS := -std=c11 -D_POSIX_C_SOURCE=200809L -DORGEXIT_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen $(PKG_CFLAGS) -pthread -fvisibility=hidden \
        -ffile-prefix-map=$(CURDIR)=. -MMD -MP
WARN := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wvla -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes \
        $(if $(CI),-Werror)
HARDEN ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
LINK_HARDEN ?= -pie -Wl,-z,relro,-z,now
