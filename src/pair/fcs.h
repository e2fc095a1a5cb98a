/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_FCS_H
#define SERIALTUN_FCS_H

#include <stddef.h>
#include <stdint.h>

/* The register before the first byte (RFC 1662, section C.3). */
#define FCS_START 0xFFFFFFFF

uint32_t fcs_add(uint32_t fcs, const void *bytes, size_t len);
uint32_t fcs_of(const void *bytes, size_t len);

#endif
