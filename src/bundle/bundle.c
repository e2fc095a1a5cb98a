/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Make a bundle: serialtun with all that it needs to run on a board, as a tar
 * archive that contains the program "run".
 *
 * The files come from the directory of the board's kind, which the package
 * serialtun-boards has installed. For this machine's own kind the running
 * program and its libraries will do. A board whose glibc is new enough gets no
 * libc and no loader: that is a quarter of the bytes. Each other Linux runs the
 * program with the loader of the bundle, whatever its own C library.
 *
 * The process of the bundler does this. It executes xz or gzip.
 */
#include "bundle/bundle.h"
#include "bundle/elf_file.h"
#include "bundle/machine.h"
#include "bundle/tar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "serialtun"

/* No file of a bundle is larger. */
#define FILE_LEN_MAX (16 << 20)

#define SCRIPT_MAX 256

struct file {
	char name[64];
	uint8_t *bytes;
	size_t len;
};

struct files {
	struct file files[BUNDLE_FILES_MAX];
	size_t count;
};

static int open_own(struct dl_phdr_info *info, size_t size, void *data)
{
	struct bundle_own *own = data;
	const char *path = info->dlpi_name;
	const char *name = strrchr(path, '/');
	int fd;

	(void)size;
	if (own->count == BUNDLE_FILES_MAX)
		return 1;
	if (!own->count) {
		path = "/proc/self/exe";
		name = "/" PROGRAM;
	}
	/* The vDSO has no file. */
	if (!name)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	own->fds[own->count] = fd;
	snprintf(own->names[own->count++], sizeof(*own->names), "%s", name + 1);
	return 0;
}

/**
 * bundle_open_own() - open the files of this program
 * @own: filled in
 *
 * Call it while the process may read them.
 */
void bundle_open_own(struct bundle_own *own)
{
	own->count = 0;
	dl_iterate_phdr(open_own, own);
}

/* Return: 0 or -errno. */
static int read_file(struct files *files, const char *name, int fd)
{
	struct file *file = &files->files[files->count];
	struct stat status;
	size_t len = 0;
	ssize_t n = 1;

	if (files->count == BUNDLE_FILES_MAX || fstat(fd, &status) ||
	    status.st_size <= 0 || status.st_size > FILE_LEN_MAX)
		return -EFBIG;
	file->bytes = malloc((size_t)status.st_size);
	if (!file->bytes)
		return -ENOMEM;
	for (; len < (size_t)status.st_size && n > 0; len += (size_t)n) {
		n = pread(fd, file->bytes + len, (size_t)status.st_size - len,
			  (off_t)len);
		if (n < 0)
			return -errno;
	}
	file->len = elf_file_strip(file->bytes, len);
	snprintf(file->name, sizeof(file->name), "%s", name);
	files->count++;
	return 0;
}

static int read_own(struct files *files, const struct bundle_own *own)
{
	int err = 0;
	size_t i;

	for (i = 0; i < own->count && !err; i++)
		err = read_file(files, own->names[i], own->fds[i]);
	return err;
}

/* Return: 0 or -errno. */
static int read_directory(struct files *files, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int err = 0;
	int fd;

	if (!directory)
		return -errno;
	while (!err && (entry = readdir(directory))) {
		if (*entry->d_name == '.')
			continue;
		fd = openat(dirfd(directory), entry->d_name,
			    O_RDONLY | O_CLOEXEC);
		err = fd < 0 ? -errno : read_file(files, entry->d_name, fd);
		if (fd >= 0)
			close(fd);
	}
	closedir(directory);
	return err;
}

/* Below the program in a source tree, and where "make install" puts it. */
static int read_boards(struct files *files, const char *kind)
{
	static const char *const places[] = {"boards",
					     "../lib/serialtun/boards"};
	char path[2 * PATH_MAX];
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int err;
	size_t i;

	exe[len > 0 ? len : 0] = '\0';
	if (strrchr(exe, '/'))
		*strrchr(exe, '/') = '\0';
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", exe, places[i], kind);
		err = read_directory(files, path);
		if (err != -ENOENT && err != -EACCES)
			return err;
	}
	snprintf(path, sizeof(path), "%s/serialtun/boards/%s", SERIALTUN_LIBDIR,
		 kind);
	return read_directory(files, path);
}

static const struct file *find(const struct files *files, const char *prefix)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		if (!strncmp(files->files[i].name, prefix, strlen(prefix)))
			return &files->files[i];
	return NULL;
}

/* Can the board's own C library run the program? */
static bool is_enough(const struct files *files,
		      const struct bundle_request *request)
{
	const struct file *program = find(files, PROGRAM);
	const unsigned int glibc = machine_glibc(request->libc);
	const struct file *file;
	const char *loader;

	loader = elf_file_loader(program->bytes, program->len);
	if (!loader || !machine_has_loader(request->loaders, loader))
		return false;
	for (file = files->files; file < files->files + files->count; file++)
		if (!machine_is_of_glibc(file->name) &&
		    elf_file_glibc(file->bytes, file->len) > glibc)
			return false;
	return true;
}

static void leave_out_glibc(struct files *files)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < files->count; i++) {
		if (machine_is_of_glibc(files->files[i].name))
			free(files->files[i].bytes);
		else
			files->files[kept++] = files->files[i];
	}
	files->count = kept;
}

static void write_script(char script[SCRIPT_MAX], const char *loader)
{
	if (loader)
		snprintf(script, SCRIPT_MAX,
			 "#!/bin/sh\nd=${0%%/*}\nexec \"$d/%s\" --library-path "
			 "\"$d\" \"$d/" PROGRAM "\" \"$@\"\n",
			 loader);
	else
		snprintf(script, SCRIPT_MAX,
			 "#!/bin/sh\nd=${0%%/*}\nLD_LIBRARY_PATH=$d\n"
			 "export LD_LIBRARY_PATH\n"
			 "exec \"$d/" PROGRAM "\" \"$@\"\n");
}

/* Return: 0 or -errno. */
static int write_all(int fd, const void *bytes, size_t len)
{
	const uint8_t *rest = bytes;
	ssize_t n;

	for (; len; rest += n, len -= (size_t)n) {
		n = write(fd, rest, len);
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* Return: 0 or -errno. */
static int write_file(int fd, const char *name, const void *bytes, size_t len)
{
	static const uint8_t zeros[TAR_BLOCK];
	uint8_t header[TAR_BLOCK];
	int err;

	tar_write_header(header, name, len);
	err = write_all(fd, header, sizeof(header));
	if (!err)
		err = write_all(fd, bytes, len);
	return err ? err : write_all(fd, zeros, tar_padding(len));
}

/* Return: a descriptor of the archive, or -errno. */
static int write_archive(const struct files *files, bool whole)
{
	static const uint8_t end[2 * TAR_BLOCK];
	const struct file *loader = find(files, "ld-");
	int fd = memfd_create("bundle", MFD_CLOEXEC);
	char script[SCRIPT_MAX];
	int err;
	size_t i;

	if (fd < 0)
		return -errno;
	write_script(script, whole && loader ? loader->name : NULL);
	err = write_file(fd, "run", script, strlen(script));
	for (i = 0; i < files->count && !err; i++)
		err = write_file(fd, files->files[i].name,
				 files->files[i].bytes, files->files[i].len);
	if (!err)
		err = write_all(fd, end, sizeof(end));
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* Becomes the program; returns if it is not there. */
static void compress_xz(bool is_x86)
{
	/* A small dictionary, for boards with little memory; BusyBox knows no
	 * other check.
	 */
	execlp("xz", "xz", "-c", "--check=crc32", is_x86 ? "--x86" : "-q",
	       "--lzma2=preset=9e,dict=4MiB", (char *)NULL);
}

/* Becomes the program; returns if it is not there. */
static void compress_gzip(bool is_x86)
{
	(void)is_x86;
	execlp("gzip", "gzip", "-9cn", (char *)NULL);
}

/* Return: a descriptor; -errno if the program is not there. */
static int pack(int in, void (*compress)(bool), bool is_x86)
{
	int out = memfd_create("packed", MFD_CLOEXEC);
	int status = -1;
	pid_t pid;

	if (out < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		if (lseek(in, 0, SEEK_SET) == 0 &&
		    dup2(in, STDIN_FILENO) >= 0 &&
		    dup2(out, STDOUT_FILENO) >= 0)
			compress(is_x86);
		_exit(127);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && !status)
		return out;
	close(out);
	return -ENOENT;
}

/* Return: a descriptor, or -errno. */
static int pack_best(int in, const struct bundle_request *request,
		     const char *kind, enum bundle_packing *packing)
{
	const bool is_x86 = !strcmp(kind, "amd64") || !strcmp(kind, "i386");
	int out = -ENOENT;

	*packing = BUNDLE_XZ;
	if (request->has_xz)
		out = pack(in, compress_xz, is_x86);
	if (out < 0)
		*packing = BUNDLE_GZIP;
	if (out < 0 && request->has_gzip)
		out = pack(in, compress_gzip, is_x86);
	if (out < 0)
		*packing = BUNDLE_PLAIN;
	return out < 0 ? fcntl(in, F_DUPFD_CLOEXEC, 0) : out;
}

/* Return: 0 or -errno, and @why is filled in. */
static int find_files(struct files *files, const struct bundle_own *own,
		      const char *kind, char why[BUNDLE_WHY_MAX])
{
	int err = read_boards(files, kind);

	if (err && machine_is_own(kind)) {
		files->count = 0;
		err = read_own(files, own);
	}
	if (!err && !find(files, PROGRAM))
		err = -ENOENT;
	if (err)
		snprintf(why, BUNDLE_WHY_MAX,
			 "here is none for %s: %s (install the package "
			 "serialtun-boards here, or: make boards)",
			 kind, strerror(-err));
	return err;
}

/* Bytes of the bundle there, packed and unpacked. */
static uint32_t needed_kib(const struct files *files)
{
	size_t len = 0;
	size_t i;

	for (i = 0; i < files->count; i++)
		len += files->files[i].len;
	return (uint32_t)(len * 3 / 2 / 1024 + 64);
}

/**
 * bundle_make() - make a bundle
 * @request: the board
 * @own:     of bundle_open_own()
 * @packing: on success, how it is compressed
 * @why:     on failure, the reason and the remedy
 *
 * Return: a descriptor of the bundle, at any offset; or -errno
 */
int bundle_make(const struct bundle_request *request,
		const struct bundle_own *own, enum bundle_packing *packing,
		char why[BUNDLE_WHY_MAX])
{
	const char *kind = machine_kind(request->machine);
	struct files files = {.count = 0};
	bool whole;
	int archive;
	int packed;
	int err;
	size_t i;

	if (!kind) {
		snprintf(why, BUNDLE_WHY_MAX,
			 "none can be brought to a machine of the kind %.64s "
			 "(install serialtun there)",
			 request->machine);
		return -ENOENT;
	}
	err = find_files(&files, own, kind, why);
	if (err)
		return err;
	whole = !is_enough(&files, request);
	if (!whole)
		leave_out_glibc(&files);
	if (request->room_kib && request->room_kib < needed_kib(&files)) {
		snprintf(why, BUNDLE_WHY_MAX,
			 "there is no room for one (%u KiB are free, and %u "
			 "needed)",
			 request->room_kib, needed_kib(&files));
		return -ENOSPC;
	}
	archive = write_archive(&files, whole);
	for (i = 0; i < files.count; i++)
		free(files.files[i].bytes);
	packed = archive < 0 ? archive
			     : pack_best(archive, request, kind, packing);
	if (archive >= 0)
		close(archive);
	if (packed < 0)
		snprintf(why, BUNDLE_WHY_MAX, "cannot make a bundle: %s",
			 strerror(-packed));
	return packed;
}
