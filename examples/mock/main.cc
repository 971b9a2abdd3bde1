// The standalone binary. Everything is in mock_main, which the leat command calls as well.
#include "mock.h"

int main(int argc, char** argv) { return mock_main(argc, argv); }
