// touchstone: the command people type.
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cli/app.h"
#include "cli/client.h"

int main(int argc, char** argv) {
  touchstone::SystemClock clock;
  touchstone::SystemRandom random;
  touchstone::cli::Environment environment{clock,
                                           random,
                                           std::cin,
                                           std::cout,
                                           std::cerr,
                                           [&clock](const touchstone::cli::ServerAddress& address) {
                                             return touchstone::cli::ConnectClient(address, clock);
                                           },
                                           isatty(STDERR_FILENO) == 1};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(touchstone::cli::Run(arguments, environment));
}
