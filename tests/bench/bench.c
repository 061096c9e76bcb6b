/*
 * bench.c - the yardstick: what stock cJSON needs to parse and free the same files, and a stop watch for one command.
 *
 *   bench parse LIST            LIST holds a path a line; reads each, parses, frees; prints bytes
 *   bench time OUT COMMAND...   runs it with standard output to the file OUT; prints user+system seconds, wall seconds,
 * peak KiB, exit code
 */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* A buffer that grows to the largest file, as a frugal program would use. */
static size_t read_file(const char *path, char **buffer, size_t *size)
{
    struct stat st;
    size_t used = 0;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0)
        fail(path);
    if ((size_t)st.st_size + 1 > *size) {
        *size = (size_t)st.st_size + 1;
        *buffer = realloc(*buffer, *size);
        if (!*buffer)
            fail(path);
    }
    for (ssize_t n; (n = read(fd, *buffer + used, *size - used)) != 0; used += (size_t)n)
        if (n < 0)
            fail(path);
    close(fd);
    return used;
}

static int parse(const char *list)
{
    char path[4096], *buffer = NULL;
    size_t size = 0, bytes = 0;
    FILE *f = fopen(list, "r");
    if (!f)
        fail(list);
    while (fgets(path, sizeof path, f)) {
        path[strcspn(path, "\n")] = '\0';
        size_t n = read_file(path, &buffer, &size);
        cJSON *tree = cJSON_ParseWithLength(buffer, n);
        if (!tree) {
            fprintf(stderr, "%s: cJSON does not parse it\n", path);
            return 2;
        }
        cJSON_Delete(tree);
        bytes += n;
    }
    fclose(f);
    free(buffer);
    printf("%zu\n", bytes);
    return 0;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static int stop_watch(const char *out, char **command)
{
    struct timespec begin, end;
    struct rusage used;
    int status, fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0)
        fail(out);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    pid_t child = fork();
    if (child == 0) {
        dup2(fd, 1);
        execv(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    /* wait4 is no POSIX, but it alone tells the peak of one child. */
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        fail(command[0]);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f %.6f %ld %d\n", seconds(used.ru_utime) + seconds(used.ru_stime),
           (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9, used.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "parse") == 0)
        return parse(argv[2]);
    if (argc > 3 && strcmp(argv[1], "time") == 0)
        return stop_watch(argv[2], argv + 3);
    fputs("usage: bench parse LIST | bench time OUT COMMAND...\n", stderr);
    return 2;
}
