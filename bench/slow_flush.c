/* Delays every flush of PostgreSQL: preloaded into its server, it wraps the calls that PostgreSQL flushes with.
 * FLUSH_DELAY_US is how long each takes longer; FLUSH_COUNT names a file whose first eight bytes count them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static long delay_us;
static unsigned long *count;

__attribute__((constructor)) static void begin(void)
{
    const char *delay = getenv("FLUSH_DELAY_US"), *file = getenv("FLUSH_COUNT");
    int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;

    if (!delay || strcmp(program_invocation_short_name, "postgres") != 0)
        return;
    delay_us = atol(delay);
    if (descriptor >= 0) {
        void *shared = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        count = shared == MAP_FAILED ? NULL : shared;
        close(descriptor);
    }
}

static void wait_a_little(void)
{
    struct timespec left = {delay_us / 1000000, delay_us % 1000000 * 1000};

    if (count)
        __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    while (delay_us && nanosleep(&left, &left) && errno == EINTR)
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
