#pragma once
// Data sources whose classes are Python code (pyspark.sql.datasource), run by worker processes.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "resolved/scan_source.h"

namespace hanok::engine {

// A class as a client registered it, or as it lies among the interpreter's packages.
struct PythonSourceClass {
    std::string name;
    std::string command;         // its cloudpickle
    std::string python_version;  // that pickled it; "" for the workers' own
};
using PythonSourceClassPtr = std::shared_ptr<const PythonSourceClass>;

struct PythonSourceCall {
    PythonSourceClassPtr source;
    std::string provider;  // the name as the user wrote it
    std::map<std::string, std::string> options;
};

// A class with its options.
struct PythonSourceInstance {
    std::string pickled;
    std::string schema;
    bool is_ddl = false;  // the schema's text: as in SQL, or JSON
};

// What a Scan reads. Partitions are planned, and filters offered, when the query is lowered.
struct PythonScanSource final : resolved::ScanSource {
    std::string instance;  // pickled
    std::string python_version;
};

// Entries of QueryContext::conf: the folder of files that a session gave to its Python code, and
// names in it that modules are imported from, parted by slashes.
inline constexpr const char* kPythonFolder = "hanok.python.folder";
inline constexpr const char* kPythonIncludes = "hanok.python.includes";

// Errors in the classes' code are PYTHON_DATA_SOURCE_ERROR, or PYTHON_EXCEPTION when rows move.
class PythonSources {
public:
    virtual ~PythonSources() = default;
    // `schema`: the user's; null asks the class.
    virtual PythonSourceInstance create(
        const PythonSourceCall& call, const types::TypePtr& schema, const QueryContext& query) = 0;
    // Sends the plan's rows to a writer of the class; commits, or aborts when that fails.
    virtual void write(const PythonSourceCall& call, const resolved::PlanPtr& rows, bool overwrite,
        const QueryContext& query) = 0;
    // Classes that packages beside the workers bring: modules called pyspark_… with a
    // DefaultSource. Looked up once.
    virtual const std::vector<PythonSourceClassPtr>& installed() = 0;
};

// An engine that runs Python code in worker processes.
class PythonEngine {
public:
    virtual ~PythonEngine() = default;
    virtual PythonSources& python_sources() = 0;
    // Unpacks a .zip, .jar, .tar or .tar.gz (.tgz), as `name` ends, into a new folder. Throws Error
    // HANOK_PYTHON_ARCHIVE.
    virtual void unpack_archive(
        const std::string& file, const std::string& name, const std::string& folder) = 0;
    // Ends the workers that can see a session's folder, before it goes.
    virtual void forget_folder(const std::string& folder) = 0;
};

// Of an engine that Engine::open gave.
PythonEngine& python_engine(Engine& engine);
PythonSources& python_sources(Engine& engine);

}  // namespace hanok::engine
