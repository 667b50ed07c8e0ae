#pragma once
// A set of files as the log names them: path and deletion vector.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "delta/actions.h"
#include "delta/packed_files.h"

namespace hanok::delta {

/// The texts are not copied where they need not be: they have to outlive the set.
class FileKeys {
public:
    FileKeys() = default;
    FileKeys(const FileKeys&) = delete;
    FileKeys& operator=(const FileKeys&) = delete;
    void reserve(size_t count);
    bool empty() const { return size_ == 0; }

    /// Was it not there yet?
    template <class File>
    bool insert(const File& file) {
        return insert_file(file.path, vector_of(file));
    }
    bool insert(const PackedFiles& files, size_t row) {
        return insert_file(files.path(row), files.deletion_vector(row));
    }
    template <class File>
    bool contains(const File& file) const {
        return contains_file(file.path, vector_of(file));
    }
    bool contains(const PackedFiles& files, size_t row) const {
        return contains_file(files.path(row), files.deletion_vector(row));
    }

private:
    // An open hash table.
    struct Slot {
        const char* text = nullptr;  // null: empty
        uint32_t size = 0;
        uint32_t hash = 0;
    };

    template <class File>
    static const DeletionVectorDescriptor* vector_of(const File& file) {
        return file.deletion_vector ? &*file.deletion_vector : nullptr;
    }
    bool insert_file(std::string_view path, const DeletionVectorDescriptor* vector);
    bool contains_file(std::string_view path, const DeletionVectorDescriptor* vector) const;
    /// Where the key is, or the empty slot where it belongs.
    size_t place_of(std::string_view key, uint32_t hash) const;
    void resize(size_t slots);

    std::vector<Slot> slots_;  // a power of two, at most half full; none while empty
    size_t size_ = 0;
    std::deque<std::string> made_;
};

}  // namespace hanok::delta
