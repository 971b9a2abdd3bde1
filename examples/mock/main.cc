// The standalone binary: what it does is mock_main, which the leat command calls as well,
// so that `leat-mock` and `leat mock` cannot differ.
#include "mock.h"

int main(int argc, char** argv) { return mock_main(argc, argv); }
