/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ft232r.h - a USB serial adapter, played to QEMU's device usb-redir
 */
#ifndef SERIALTUN_FT232R_H
#define SERIALTUN_FT232R_H

struct port;

/**
 * ft232r_new() - make an adapter; it plugs itself in when QEMU is there
 * @number: told by its name, adapterN, and its serial number, VMN
 * @fd: connected to the chardev of a usb-redir; belongs to the adapter now
 *
 * Return: the adapter's port, for good; NULL without memory.
 */
struct port *ft232r_new(int number, int fd);

/**
 * ft232r_plug() - plug the adapter in, if it is not
 * @p: the adapter's port
 */
void ft232r_plug(struct port *p);

/**
 * ft232r_unplug() - pull the adapter out, if it is in
 * @p: the adapter's port
 *
 * What is on its way in it is lost.
 */
void ft232r_unplug(struct port *p);

/**
 * ft232r_toggle_plug() - do one or the other
 * @p: the adapter's port
 */
void ft232r_toggle_plug(struct port *p);

#endif
