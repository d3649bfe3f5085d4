;; The loops of `addFour` and `settle` in additions.ts, two slots at a time, with the same
;; operations on every slot in the same order, and so with the same results to the last bit.
;; All arrays lie in one memory and are given by the bytes at which they begin; numbers of
;; slots are even.
(module
  (import "sums" "memory" (memory 1))

  ;; Adds the slots of four arrays to sums of twice the precision of a float64.
  (func (export "addFour")
    (param $sums i32) (param $rests i32)
    (param $a i32) (param $b i32) (param $c i32) (param $d i32)
    (param $slots i32)
    (local $end i32)
    (local $sum v128) (local $rest v128)
    (local $value v128) (local $next v128) (local $added v128)

    (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $slots) (i32.const 3))))
    (block $done
      (loop $two
        (br_if $done (i32.ge_u (local.get $sums) (local.get $end)))
        (local.set $sum (v128.load (local.get $sums)))
        (local.set $rest (v128.load (local.get $rests)))

        (local.set $value (v128.load (local.get $a)))
        (local.set $next (f64x2.add (local.get $sum) (local.get $value)))
        (local.set $added (f64x2.sub (local.get $next) (local.get $sum)))
        (local.set $rest (f64x2.add (local.get $rest) (f64x2.add
          (f64x2.sub (local.get $sum) (f64x2.sub (local.get $next) (local.get $added)))
          (f64x2.sub (local.get $value) (local.get $added)))))

        (local.set $value (v128.load (local.get $b)))
        (local.set $sum (f64x2.add (local.get $next) (local.get $value)))
        (local.set $added (f64x2.sub (local.get $sum) (local.get $next)))
        (local.set $rest (f64x2.add (local.get $rest) (f64x2.add
          (f64x2.sub (local.get $next) (f64x2.sub (local.get $sum) (local.get $added)))
          (f64x2.sub (local.get $value) (local.get $added)))))

        (local.set $value (v128.load (local.get $c)))
        (local.set $next (f64x2.add (local.get $sum) (local.get $value)))
        (local.set $added (f64x2.sub (local.get $next) (local.get $sum)))
        (local.set $rest (f64x2.add (local.get $rest) (f64x2.add
          (f64x2.sub (local.get $sum) (f64x2.sub (local.get $next) (local.get $added)))
          (f64x2.sub (local.get $value) (local.get $added)))))

        (local.set $value (v128.load (local.get $d)))
        (local.set $sum (f64x2.add (local.get $next) (local.get $value)))
        (local.set $added (f64x2.sub (local.get $sum) (local.get $next)))
        (local.set $rest (f64x2.add (local.get $rest) (f64x2.add
          (f64x2.sub (local.get $next) (f64x2.sub (local.get $sum) (local.get $added)))
          (f64x2.sub (local.get $value) (local.get $added)))))

        (v128.store (local.get $sums) (local.get $sum))
        (v128.store (local.get $rests) (local.get $rest))
        (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
        (local.set $rests (i32.add (local.get $rests) (i32.const 16)))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (local.set $c (i32.add (local.get $c) (i32.const 16)))
        (local.set $d (i32.add (local.get $d) (i32.const 16)))
        (br $two))))

  ;; Adds to each sum what did not fit into it, where that is a finite number.
  (func (export "settle") (param $sums i32) (param $rests i32) (param $slots i32)
    (local $end i32)
    (local $rest v128)

    (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $slots) (i32.const 3))))
    (block $done
      (loop $two
        (br_if $done (i32.ge_u (local.get $sums) (local.get $end)))
        (local.set $rest (v128.load (local.get $rests)))
        ;; Of a number that is not finite, the difference from itself is not zero.
        (v128.store (local.get $sums)
          (f64x2.add
            (v128.load (local.get $sums))
            (v128.and
              (local.get $rest)
              (f64x2.eq
                (f64x2.sub (local.get $rest) (local.get $rest))
                (v128.const f64x2 0 0)))))
        (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
        (local.set $rests (i32.add (local.get $rests) (i32.const 16)))
        (br $two)))))
