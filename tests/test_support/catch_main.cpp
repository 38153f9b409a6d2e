// The main of every test executable, for Catch2 2 (Catch2 3 brings its own and does not compile this file).
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
