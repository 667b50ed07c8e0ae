#pragma once
// PythonSources over worker processes and an engine's instance.

#include <functional>
#include <memory>

#include "engine/instance/instance.h"
#include "engine/python_sources.h"

namespace hanok::engine {

// `instance` gives the one for new queries.
std::unique_ptr<PythonSources> make_python_sources(std::function<InstancePtr()> instance);

}  // namespace hanok::engine
