/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERIALTUN_DATAGRAM_H
#define SERIALTUN_DATAGRAM_H

#include "framing/framing.h"

extern const struct framing datagram_framing;

#endif
