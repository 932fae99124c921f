// A library for LD_PRELOAD that counts what a process does to the files of one directory (writes, syncs, truncations, removals, renames), over all
// its threads, and does harm at one of these calls.
//
//   FAULT_DIR=/data/            only paths that contain this
//   FAULT_PLAN=any:90:kill      SIGKILL before the 90th call; also write, sync, truncate, unlink, rename for any, and
//   FAULT_PLAN=sync:50+:eio     every sync from the 50th on fails with EIO; also enospc, short (half of a write), torn (half of it, then SIGKILL),
//                               stop (SIGSTOP before the call)
//   FAULT_FIRED=FILE            gets a line when it happened: the proof
//   FAULT_LIST=FILE             gets a line for every call
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum operation { ANY, WRITE, SYNC, TRUNCATE, UNLINK, RENAME };
enum harm { NONE, FAIL, SHORT, TORN };
static const char *const names[] = {"any", "write", "sync", "truncate", "unlink", "rename"};

static const char *directory, *fired, *list;
static char planned_operation[16], planned_harm[16];
static long planned_number, counts[6];
static int planned_onwards;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void read_plan(void) {
    const char *plan = getenv("FAULT_PLAN");
    char number[16] = "";
    directory = getenv("FAULT_DIR");
    fired = getenv("FAULT_FIRED");
    list = getenv("FAULT_LIST");
    if (plan && sscanf(plan, "%15[^:]:%15[^:]:%15s", planned_operation, number, planned_harm) == 3) {
        planned_number = atol(number);
        planned_onwards = strchr(number, '+') != NULL;
    }
}

static void note(const char *file, enum operation operation, const char *path) {
    char line[700];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", counts[ANY], names[operation], path);
    int descriptor = syscall(SYS_openat, AT_FDCWD, file, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        syscall(SYS_write, descriptor, line, length < (int)sizeof line ? length : (int)sizeof line - 1);
        syscall(SYS_close, descriptor);
    }
}

// A process that is to die is dead when this returns anything but NONE to it; with FAIL, errno is set.
static enum harm harm_to(enum operation operation, const char *path) {
    long any = ++counts[ANY], own = ++counts[operation];
    if (list) note(list, operation, path);
    long count = !strcmp(planned_operation, "any") ? any : !strcmp(planned_operation, names[operation]) ? own : 0;
    if (!count || !planned_number || !(count == planned_number || (planned_onwards && count > planned_number))) return NONE;
    if (fired) note(fired, operation, path);
    if (!strcmp(planned_harm, "kill")) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    if (!strcmp(planned_harm, "stop")) {
        kill(getpid(), SIGSTOP);
        return NONE;
    }
    if (!strcmp(planned_harm, "short")) return SHORT;
    if (!strcmp(planned_harm, "torn")) return TORN;
    errno = !strcmp(planned_harm, "enospc") ? ENOSPC : EIO;
    return FAIL;
}

static int is_ours(const char *path) { return directory && path && strstr(path, directory) != NULL; }

static int path_of(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

// Offset -1: where the file stands.
static ssize_t really_write(int descriptor, const void *bytes, size_t length, off_t offset) {
    return offset < 0 ? syscall(SYS_write, descriptor, bytes, length) : syscall(SYS_pwrite64, descriptor, bytes, length, offset);
}

static ssize_t write_at(int descriptor, const void *bytes, size_t length, off_t offset) {
    char path[512];
    ssize_t result = -1;
    if (descriptor <= 2 || !path_of(descriptor, path, sizeof path)) return really_write(descriptor, bytes, length, offset);
    pthread_mutex_lock(&one_at_a_time);
    switch (harm_to(WRITE, path)) {
        case NONE: result = really_write(descriptor, bytes, length, offset); break;
        case SHORT: result = really_write(descriptor, bytes, length > 1 ? length / 2 : length, offset); break;
        case TORN:
            really_write(descriptor, bytes, length / 2, offset);
            kill(getpid(), SIGKILL);
            for (;;) pause();
        case FAIL: break;
    }
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t length) { return write_at(descriptor, bytes, length, -1); }
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) { return write_at(descriptor, bytes, length, offset); }
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) { return write_at(descriptor, bytes, length, offset); }

static int sync_by(int descriptor, long call) {
    char path[512];
    if (!path_of(descriptor, path, sizeof path)) return syscall(call, descriptor);
    pthread_mutex_lock(&one_at_a_time);
    int result = harm_to(SYNC, path) == NONE ? syscall(call, descriptor) : -1;
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}

int fsync(int descriptor) { return sync_by(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_by(descriptor, SYS_fdatasync); }

int ftruncate(int descriptor, off_t length) {
    char path[512];
    if (!path_of(descriptor, path, sizeof path)) return syscall(SYS_ftruncate, descriptor, length);
    pthread_mutex_lock(&one_at_a_time);
    int result = harm_to(TRUNCATE, path) == NONE ? syscall(SYS_ftruncate, descriptor, length) : -1;
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}

int ftruncate64(int descriptor, off_t length) { return ftruncate(descriptor, length); }

int unlink(const char *path) {
    if (!is_ours(path)) return syscall(SYS_unlink, path);
    pthread_mutex_lock(&one_at_a_time);
    int result = harm_to(UNLINK, path) == NONE ? syscall(SYS_unlink, path) : -1;
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}

int rename(const char *from, const char *to) {
    if (!is_ours(to)) return syscall(SYS_rename, from, to);
    pthread_mutex_lock(&one_at_a_time);
    int result = harm_to(RENAME, to) == NONE ? syscall(SYS_rename, from, to) : -1;
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}
