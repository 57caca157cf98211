/* Delays every flush of PostgreSQL: preloaded into its server, it wraps the calls that PostgreSQL flushes with.
 * FLUSH_FILE names a file that is shared with the benchmark: its first eight bytes count the calls that were delayed, the
 * next eight are how many microseconds each takes longer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static long *shared;

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("FLUSH_FILE");
    int descriptor;
    void *mapped;

    if (!file || strcmp(program_invocation_short_name, "postgres") != 0)
        return;
    descriptor = open(file, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return;
    mapped = mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    shared = mapped == MAP_FAILED ? NULL : mapped;
    close(descriptor);
}

static void wait_a_little(void)
{
    long delay_us = shared ? __atomic_load_n(&shared[1], __ATOMIC_RELAXED) : 0;
    struct timespec left = {delay_us / 1000000, delay_us % 1000000 * 1000};

    if (!delay_us)
        return;
    __atomic_add_fetch(&shared[0], 1, __ATOMIC_RELAXED);
    while (nanosleep(&left, &left) && errno == EINTR)
        ;
}

int fdatasync(int descriptor)
{
    static int (*real)(int);

    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_a_little();
    return real(descriptor);
}

int fsync(int descriptor)
{
    static int (*real)(int);

    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_a_little();
    return real(descriptor);
}
