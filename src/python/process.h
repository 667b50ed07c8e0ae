#pragma once
// Processes that run users' code: what they inherit, and how they are confined.

#include <string>
#include <vector>

#include "base/error.h"
#include "python/confinement.h"

namespace hanok::python {

Error unavailable(const std::string& reason);  // HANOK_PYTHON_UNAVAILABLE

// Of the server's environment what user code may see: "NAME=value".
std::vector<std::string> inherited_environment();

// Both ends are closed with it unless taken. Throws Error HANOK_PYTHON_UNAVAILABLE.
struct Pipe {
    int read = -1;
    int write = -1;
    Pipe();
    ~Pipe();
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    int take(int Pipe::*end);
};

struct ProcessSpec {
    std::vector<std::string> command;
    std::vector<std::string> environment;
    int input = 0;
    int output = 1;
    int errors = 2;
    bool leads_group = false;  // a process group of its own, which can be killed as one
    std::string folder = {};   // where it stands; "": where the server does
};

// Starts it with no other files open; returns its id. `confinement` may be null. Throws
// Error HANOK_PYTHON_UNAVAILABLE.
int spawn(const ProcessSpec& spec, const Confinement* confinement);

}  // namespace hanok::python
