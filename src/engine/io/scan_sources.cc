#include "engine/scan_sources.h"

#include "delta/snapshot.h"
#include "engine/io/data_scan.h"

namespace hanok::engine {

std::vector<std::string> FileScanSource::input_files() const {
    std::vector<std::string> uris;
    for (const auto& file : files) uris.push_back(file_uri(file.path));
    return uris;
}

std::vector<std::string> DeltaScanSource::input_files() const {
    std::vector<std::string> uris;
    for (const auto* add : snapshot->files())
        uris.push_back(file_uri(snapshot->absolute_path(*add)));
    return uris;
}

std::vector<std::string> ChangeFeedSource::input_files() const {
    std::vector<std::string> uris;
    for (const auto& change : files) uris.push_back(file_uri(snapshot->absolute_path(change.file)));
    return uris;
}

}  // namespace hanok::engine
