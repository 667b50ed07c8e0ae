// GENERATE symlink_format_manifest FOR TABLE.

#include "base/error.h"
#include "commands/command.h"
#include "commands/names.h"
#include "delta/manifest.h"
#include "delta/table.h"

namespace hanok::commands {

Output generate_manifest(Session& session, const plan::GenerateManifest& command) {
    if (!types::names_equal(command.mode, "symlink_format_manifest")) {
        throw Error(ErrorKind::kIllegalArgument, "DELTA_MODE_NOT_SUPPORTED",
            {{"mode", command.mode}, {"supportedModes", "symlink_format_manifest"}});
    }
    auto target = delta_target(
        session, name_parts(session, command.name), command.path, "GENERATE");
    delta::write_manifests(*target.table->snapshot());
    return nullptr;
}

}  // namespace hanok::commands
