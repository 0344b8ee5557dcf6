//! Buffers for large bodies, whose memory returns to the system as soon as they are dropped.
//!
//! glibc raises the size above which it maps memory directly: once a body of 16 MiB was freed, later ones come from
//! per-thread pools, and each pool keeps them. A block above the largest such size (32 MiB) is always mapped directly.
//! The part that a body does not fill is never touched, so it costs addresses but no memory. Fixing the threshold with
//! `mallopt` was rejected, because it needs unsafe code.

/// The size above which a body is large: large bodies are moved, not copied, and only a few are in memory.
pub(crate) const LARGE: usize = 256 * 1024;

/// Smaller buffers are left to the allocator.
const FROM: usize = 4 * 1024 * 1024;
/// Above the limit of glibc on 64-bit machines.
const BLOCK: usize = 33 * 1024 * 1024;

/// The capacity for a buffer of `len` bytes.
const fn capacity(len: usize) -> usize {
    let pooled = cfg!(all(target_env = "gnu", target_os = "linux", target_pointer_width = "64"));
    if pooled && len >= FROM && len < BLOCK { BLOCK } else { len }
}

/// An empty buffer for `len` bytes.
pub(crate) fn with_capacity(len: usize) -> Vec<u8> {
    Vec::with_capacity(capacity(len))
}

/// Appends to a buffer whose final size is unknown.
pub(crate) fn append(buffer: &mut Vec<u8>, bytes: &[u8]) {
    let len = buffer.len() + bytes.len();
    if len > buffer.capacity() && len >= FROM {
        buffer.reserve_exact(capacity(len).max(len + len / 2) - buffer.len());
    }
    buffer.extend_from_slice(bytes);
}

/// Frees unused capacity that would cost memory.
pub(crate) fn trim(buffer: &mut Vec<u8>) {
    if capacity(buffer.len()) != buffer.capacity() {
        buffer.shrink_to(capacity(buffer.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_buffers_grow_in_few_steps() {
        let (mut buffer, mut steps, mut before) = (Vec::new(), 0, 0);
        while buffer.len() < 64 << 20 {
            append(&mut buffer, &[7; 64 << 10]);
            steps += usize::from(buffer.capacity() != before);
            before = buffer.capacity();
        }
        assert!(steps < 20 && buffer.capacity() <= 2 * buffer.len(), "{steps}, {}", buffer.capacity());
        assert!(buffer.iter().all(|byte| *byte == 7));
    }

    #[test]
    fn trimmed_buffers_keep_their_bytes() {
        for len in [0, 10, LARGE, FROM - 1, FROM, BLOCK - 1, BLOCK] {
            let mut buffer = vec![7; len];
            buffer.reserve(len);
            trim(&mut buffer);
            assert!(buffer.len() == len && buffer.capacity() <= capacity(len).max(2 * len));
            assert!(with_capacity(len).capacity() >= len);
        }
    }
}
