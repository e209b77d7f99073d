/* keccak_rounds.h - Keccak-f[1600] (FIPS 202 3.3) for one type of lane; keccak.c includes it for each.
 *
 * LANE is an unsigned integer of 64 bits or a vector of them, KECCAK_NAME the function's name and
 * KECCAK_TARGET its attributes. Lane x + 5 y of the state is A[x, y]. Nothing depends on what the
 * state holds: no branch, no index. */

#define ROTATE(v, n) ((v) << (n) | (v) >> (64 - (n)))
/* One lane of theta, rho and pi: from a[i] with its column's parity to its place in b. */
#define MOVE(to, i, n)                                                                          \
    b[to] = a[i] ^ d[(i) % 5];                                                                  \
    b[to] = ROTATE(b[to], n)
#define PARITY(x) c[x] = a[x] ^ a[(x) + 5] ^ a[(x) + 10] ^ a[(x) + 15] ^ a[(x) + 20]
#define COLUMN(x) d[x] = c[((x) + 4) % 5] ^ ROTATE(c[((x) + 1) % 5], 1)
#define CHI(y)                                                                                  \
    a[y] = b[y] ^ (~b[(y) + 1] & b[(y) + 2]);                                                   \
    a[(y) + 1] = b[(y) + 1] ^ (~b[(y) + 2] & b[(y) + 3]);                                       \
    a[(y) + 2] = b[(y) + 2] ^ (~b[(y) + 3] & b[(y) + 4]);                                       \
    a[(y) + 3] = b[(y) + 3] ^ (~b[(y) + 4] & b[y]);                                             \
    a[(y) + 4] = b[(y) + 4] ^ (~b[y] & b[(y) + 1])

KECCAK_TARGET static void KECCAK_NAME(LANE *state)
{
    LANE a[KECCAK_LANES], b[KECCAK_LANES], c[5], d[5];

    for (int i = 0; i < KECCAK_LANES; i++)
        a[i] = state[i];
    for (int round = 0; round < ROUNDS; round++) {
        PARITY(0); PARITY(1); PARITY(2); PARITY(3); PARITY(4);
        COLUMN(0); COLUMN(1); COLUMN(2); COLUMN(3); COLUMN(4);
        b[0] = a[0] ^ d[0];
        MOVE(1, 6, 44);   MOVE(2, 12, 43);  MOVE(3, 18, 21);  MOVE(4, 24, 14);
        MOVE(5, 3, 28);   MOVE(6, 9, 20);   MOVE(7, 10, 3);   MOVE(8, 16, 45);  MOVE(9, 22, 61);
        MOVE(10, 1, 1);   MOVE(11, 7, 6);   MOVE(12, 13, 25); MOVE(13, 19, 8);  MOVE(14, 20, 18);
        MOVE(15, 4, 27);  MOVE(16, 5, 36);  MOVE(17, 11, 10); MOVE(18, 17, 15); MOVE(19, 23, 56);
        MOVE(20, 2, 62);  MOVE(21, 8, 55);  MOVE(22, 14, 39); MOVE(23, 15, 41); MOVE(24, 21, 2);
        CHI(0);
        CHI(5);
        CHI(10);
        CHI(15);
        CHI(20);
        a[0] ^= round_constants[round];
    }
    for (int i = 0; i < KECCAK_LANES; i++)
        state[i] = a[i];
}

#undef ROTATE
#undef MOVE
#undef PARITY
#undef COLUMN
#undef CHI
#undef LANE
#undef KECCAK_NAME
#undef KECCAK_TARGET
