/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lwIP as on a small board: no operating system, no sockets, memory for a few
 * packets. All other options have lwIP's defaults.
 */
#ifndef PEERS_LWIPOPTS_H
#define PEERS_LWIPOPTS_H

#define NO_SYS		     1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET	     0
#define LWIP_NETCONN	     0
#define LWIP_ARP	     0
#define LWIP_ETHERNET	     0
#define LWIP_STATS	     0

#define LWIP_IPV6		      1
#define LWIP_IPV6_MLD		      0
#define LWIP_IPV6_AUTOCONFIG	      0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0

/* The system's malloc(), so that valgrind and the like see each allocation. */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1

#define TCP_MSS		   1460
#define TCP_WND		   (4 * TCP_MSS)
#define TCP_SND_BUF	   (4 * TCP_MSS)
#define IP_REASS_MAX_PBUFS 32

#endif
