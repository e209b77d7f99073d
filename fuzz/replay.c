/* replay.c - main of a fuzz target where libFuzzer is missing: runs each file it is given once. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The block is exactly as long as the input, so that sanitizers see a read behind it. */
static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    long len = -1;

    if (f && fseek(f, 0, SEEK_END) == 0)
        len = ftell(f);
    if (len >= 0 && fseek(f, 0, SEEK_SET) == 0)
        data = malloc(len ? (size_t)len : 1);
    if (data && fread(data, 1, (size_t)len, f) == (size_t)len)
        (void)LLVMFuzzerTestOneInput(data, (size_t)len);
    else
        len = -1;
    free(data);
    if (f)
        (void)fclose(f);
    if (len < 0)
        (void)fprintf(stderr, "%s: cannot be read\n", path);
    return len < 0;
}

int main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    return failed;
}
