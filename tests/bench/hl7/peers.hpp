#pragma once
/// The same files, read by npm packages.

namespace causeway::bench {

/// Prints a line for each package and file; says so where Node or the packages are absent (./dev bench fetches them).
void run_peers();

}  // namespace causeway::bench
