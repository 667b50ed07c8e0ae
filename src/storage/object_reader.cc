#include "storage/object_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>

#include "storage/store_error.h"

namespace hanok::storage {

namespace {

constexpr int64_t kBlock = BlockCache::kBlockBytes;
constexpr int64_t kRunBlocks = 8;   // one request fetches no more
constexpr int64_t kMaxWindow = 16;  // blocks ahead of a sequential reader
constexpr size_t kRunsRemembered = 8;

using Answer = std::optional<std::string>;

}  // namespace

struct ObjectReader::Run {
    int64_t first = 0;
    int64_t end = 0;
    std::shared_future<Answer> answer;
    std::once_flag settled;  // its blocks are in the cache
};

ObjectReader::ObjectReader(
    std::shared_ptr<ObjectStore> store, ObjectInfo info, std::shared_ptr<BlockCache> cache)
    : store_(std::move(store)),
      info_(std::move(info)),
      cache_(std::move(cache)),
      key_(cache_ ? store_->version_key(info_) : "") {}

ObjectReader::~ObjectReader() = default;

void ObjectReader::read(int64_t offset, int64_t length, char* out) {
    if (length <= 0) return;
    if (offset < 0 || offset + length > info_.size_bytes)
        throw store_error("read beyond the end of", info_.path, EINVAL);
    if (key_.empty()) {
        read_directly(offset, length, out);
    } else {
        read_through_cache(offset, length, out);
    }
}

// Large ranges come in pieces side by side.
void ObjectReader::read_directly(int64_t offset, int64_t length, char* out) {
    constexpr int64_t kPiece = kRunBlocks * kBlock;
    std::vector<std::future<Answer>> pieces;
    for (int64_t done = 0; done < length; done += kPiece) {
        pieces.push_back(
            store_->start_get_range(info_.path, offset + done, std::min(kPiece, length - done)));
    }
    int64_t done = 0;
    for (auto& piece : pieces) {
        Answer data = piece.get();
        int64_t wanted = std::min(kPiece, length - done);
        if (!data) throw store_error("read", info_.path, ENOENT);
        if (static_cast<int64_t>(data->size()) != wanted)
            throw store_error("read all of", info_.path, EIO);
        std::memcpy(out + done, data->data(), data->size());
        done += wanted;
    }
}

int64_t ObjectReader::end_of(int64_t block) const {
    return std::min((block + 1) * kBlock, info_.size_bytes);
}

std::vector<ObjectReader::RunPtr> ObjectReader::start_missing(int64_t first, int64_t end) {
    std::lock_guard lock(mutex_);
    std::vector<RunPtr> runs;
    auto holder = [&](int64_t block) -> RunPtr {
        for (const RunPtr& run : under_way_)
            if (run->first <= block && block < run->end) return run;
        return nullptr;
    };
    for (int64_t block = first; block < end;) {
        if (RunPtr known = holder(block)) {
            runs.push_back(known);
            block = known->end;
            continue;
        }
        if (cache_->has(key_, block)) {
            block++;
            continue;
        }
        auto run = std::make_shared<Run>();
        run->first = block;
        while (block < end && block - run->first < kRunBlocks && !holder(block) &&
               !cache_->has(key_, block))
            block++;
        run->end = block;
        int64_t begin = run->first * kBlock;
        run->answer =
            store_->start_get_range(info_.path, begin, end_of(run->end - 1) - begin).share();
        under_way_.push_back(run);
        runs.push_back(std::move(run));
    }
    while (under_way_.size() > kRunsRemembered) under_way_.pop_front();
    return runs;
}

int64_t ObjectReader::window_behind(int64_t offset, int64_t end_offset) {
    std::lock_guard lock(mutex_);
    bool is_sequential = next_offset_ > 0 && std::abs(offset - next_offset_) < kBlock;
    window_ = is_sequential ? std::clamp<int64_t>(window_ * 2, 2, kMaxWindow) : 0;
    next_offset_ = end_offset;
    return window_;
}

const std::string& ObjectReader::data_of(const RunPtr& run) {
    auto drop = [&] {
        std::lock_guard lock(mutex_);
        under_way_.remove(run);
    };
    try {
        const Answer& answer = run->answer.get();
        if (!answer) throw store_error("read", info_.path, ENOENT);
        int64_t wanted = end_of(run->end - 1) - run->first * kBlock;
        if (static_cast<int64_t>(answer->size()) != wanted)
            throw store_error("read all of", info_.path, EIO);
        std::call_once(run->settled, [&] {
            std::string_view data = *answer;
            for (int64_t block = run->first; block < run->end; block++) {
                auto begin = static_cast<size_t>((block - run->first) * kBlock);
                cache_->put(key_, block, data.substr(begin, static_cast<size_t>(kBlock)));
            }
            drop();
        });
        return *answer;
    } catch (...) {
        drop();  // the next reader asks anew
        throw;
    }
}

std::string ObjectReader::cached_or_fetched(int64_t block) {
    auto cached = cache_->get(key_, block);
    int64_t begin = block * kBlock;
    auto wanted = static_cast<size_t>(end_of(block) - begin);
    if (cached && cached->size() == wanted) return std::move(*cached);
    std::string data(wanted, '\0');
    read_directly(begin, end_of(block) - begin, data.data());
    return data;
}

void ObjectReader::read_through_cache(int64_t offset, int64_t length, char* out) {
    int64_t first = offset / kBlock, end = (offset + length - 1) / kBlock + 1;
    auto runs = start_missing(first, end);
    int64_t window = window_behind(offset, offset + length);
    int64_t num_blocks = (info_.size_bytes + kBlock - 1) / kBlock;
    if (window > 0) start_missing(end, std::min(end + window, num_blocks));
    auto copy = [&](std::string_view data, int64_t data_offset) {
        int64_t from = std::max(offset, data_offset);
        int64_t to = std::min(offset + length, data_offset + static_cast<int64_t>(data.size()));
        if (from < to)
            std::memcpy(out + (from - offset), data.data() + (from - data_offset), to - from);
    };
    for (int64_t block = first; block < end;) {
        auto run = std::find_if(runs.begin(), runs.end(),
            [&](const RunPtr& r) { return r->first <= block && block < r->end; });
        if (run != runs.end()) {
            copy(data_of(*run), (*run)->first * kBlock);
            block = (*run)->end;
        } else {
            copy(cached_or_fetched(block), block * kBlock);
            block++;
        }
    }
}

}  // namespace hanok::storage
