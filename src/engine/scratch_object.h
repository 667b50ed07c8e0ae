#pragma once
// Bytes in memory that DuckDB reads and writes as a file.

#include <memory>
#include <string>

#include "base/ids.h"
#include "storage/object_store.h"

namespace hanok::engine {

// An object for as long as this lives.
class ScratchObject {
public:
    explicit ScratchObject(const std::string& name)
        : path_("memory://hanok-scratch/" + base::new_uuid(base::SystemRandom::instance()) + "/" +
                name),
          store_(storage::store_for(path_)) {}
    ~ScratchObject() {
        try {
            store_->remove(path_);
        } catch (const std::exception&) {
            // Nobody reads it again; what made it has told its own errors.
        }
    }
    ScratchObject(const ScratchObject&) = delete;
    ScratchObject& operator=(const ScratchObject&) = delete;
    const std::string& path() const { return path_; }
    void put(const std::string& data) { store_->put(path_, data); }
    std::string get() const { return store_->get(path_).value_or(""); }

private:
    std::string path_;
    std::shared_ptr<storage::ObjectStore> store_;
};

// As SQL.
inline std::string quoted(const std::string& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

}  // namespace hanok::engine
