#include "commands/python_source.h"

#include "base/error.h"
#include "session/python_source.h"

namespace hanok::commands {

bool write_to_python_source(session::Session& session, const std::string& format,
    const std::string& path, const plan::Options& options, plan::SaveMode mode,
    const resolved::PlanPtr& rows) {
    auto source = session::find_python_source(session, format);
    if (!source) return false;
    bool overwrite = mode == plan::SaveMode::kOverwrite;
    if (!overwrite && mode != plan::SaveMode::kAppend) {
        throw analysis_error("UNSUPPORTED_DATA_SOURCE_SAVE_MODE",
            {{"source", format},
                {"createMode",
                    mode == plan::SaveMode::kIgnore ? "\"Ignore\"" : "\"ErrorIfExists\""}});
    }
    std::vector<std::string> paths;
    if (!path.empty()) paths.push_back(path);
    auto call = session::python_source_call(
        source, format, {options.begin(), options.end()}, paths);
    engine::python_sources(session.platform().engine())
        .write(call, session.use_cache(rows), overwrite, session.query_context());
    return true;
}

}  // namespace hanok::commands
