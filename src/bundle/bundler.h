/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_BUNDLER_H
#define SERIALTUN_BUNDLER_H

#include "bundle/bundle.h"
#include "child.h"

#include <stddef.h>
#include <stdint.h>

/**
 * struct bundler - the process that makes a bundle
 * @child:   the process
 * @bytes:   the bundle, or NULL
 * @len:     its length
 * @got:     how many bytes have come
 * @packing: how it is compressed
 */
struct bundler {
	struct child child;
	uint8_t *bytes;
	size_t len;
	size_t got;
	enum bundle_packing packing;
};

int bundler_start(struct bundler **bundler);
int bundler_ask(struct bundler *bundler, const struct bundle_request *request);
int bundler_take(struct bundler *bundler, char why[BUNDLE_WHY_MAX]);
void bundler_end(struct bundler *bundler);

#endif
